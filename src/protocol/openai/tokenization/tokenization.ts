import { z } from 'zod';
import { detokenizedTokensMax, tokenizedBytesMax } from '../../../backend/tokenization.ts';
import { messagesMax, modelNameCharactersMax } from '../chat/chat-completion-request.ts';
import { chatMessageSchema } from '../chat/chat-message.ts';
import { toolFields } from '../chat/tool-fields.ts';
import type { NeutralValues } from '../chat/unsupported-parameters.ts';

const modelSchema = z.string().min(1).max(modelNameCharactersMax).describe('Name or alias of the model.');

const textSchema = z.string().nullish();

/** Known to vLLM and llama-server, and not honoured here: see `unsupported-parameters.ts`. */
export const unsupportedTokenizeParameters = {
  add_generation_prompt: [true],
  chat_template: [],
  chat_template_kwargs: [{}],
  continue_final_message: [false],
  mm_processor_kwargs: [{}],
  with_pieces: [false],
} as const satisfies NeutralValues;

/** Body of `POST /tokenize`, as vLLM and llama-server have it. */
export const tokenizeRequestSchema = z
  .object({
    model: modelSchema,
    prompt: textSchema.describe(
      `The text, up to ${tokenizedBytesMax} bytes. Send exactly one of \`prompt\`, \`content\` and \`messages\`.`,
    ),
    content: textSchema.describe("llama-server's name of `prompt`."),
    messages: z
      .array(chatMessageSchema)
      .min(1)
      .max(messagesMax)
      .nullish()
      .describe('A conversation, as in a chat completion. The tokens are the ones of the rendered prompt.'),
    tools: toolFields.tools.describe('Requires `messages`: tools that the model sees.'),
    add_special_tokens: z
      .boolean()
      .nullish()
      .describe(
        'Add the control tokens that the model expects around a text. Default: true for `prompt`, as in vLLM, and false for `content`, as in llama-server. A conversation always has them.',
      ),
    add_special: z.boolean().nullish().describe("llama-server's name of `add_special_tokens`."),
    parse_special: z.boolean().nullish().meta({
      default: true,
      description: 'Treat names of control tokens in a text as control tokens.',
    }),
    return_token_strs: z.boolean().nullish().meta({
      default: false,
      description: "Also return the text of each token in the model's vocabulary.",
    }),
  })
  .meta({ id: 'TokenizeRequest' });

const tokenIdSchema = z.int().min(0);

export const tokenizeAnswerSchema = z
  .object({
    count: z.int().min(0),
    max_model_len: z.int().describe('Maximum tokens of prompt and completion together.'),
    tokens: z.array(tokenIdSchema),
    token_strs: z.array(z.string()).nullable().describe('Null unless the request sets `return_token_strs`.'),
  })
  .meta({ id: 'TokenizeAnswer' });

export type TokenizeAnswer = z.infer<typeof tokenizeAnswerSchema>;

/** Body of `POST /detokenize`. */
export const detokenizeRequestSchema = z
  .object({
    model: modelSchema,
    tokens: z
      .array(tokenIdSchema)
      .max(detokenizedTokensMax)
      .describe(`Token ids, up to ${detokenizedTokensMax}.`),
  })
  .meta({ id: 'DetokenizeRequest' });

export const detokenizeAnswerSchema = z
  .object({
    prompt: z.string().describe('The text. Control tokens are written as their names.'),
    content: z.string().describe("llama-server's name of `prompt`: the same text."),
  })
  .meta({ id: 'DetokenizeAnswer' });

/** The answer of `POST /chat/completions/input_tokens`. */
export const inputTokensSchema = z
  .object({
    object: z.literal('response.input_tokens').describe("OpenAI's name for a count of tokens."),
    input_tokens: z.int().min(0).describe('The `usage.prompt_tokens` that the same request would have.'),
  })
  .meta({ id: 'InputTokens' });

export function toInputTokens(count: number): z.infer<typeof inputTokensSchema> {
  return { object: 'response.input_tokens', input_tokens: count };
}

/** The tokens of a text or of a prompt, with the context that they have to fit into. */
export interface FoundTokens {
  readonly tokens: readonly number[];
  readonly texts: readonly string[];
  readonly contextLength: number;
}

export function toTokenizeAnswer(
  { tokens, texts, contextLength }: FoundTokens,
  wantsTexts: boolean,
): TokenizeAnswer {
  return {
    count: tokens.length,
    max_model_len: contextLength,
    tokens: [...tokens],
    token_strs: wantsTexts ? [...texts] : null,
  };
}
