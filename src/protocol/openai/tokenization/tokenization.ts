import { z } from 'zod';
import { detokenizedTokensMax, tokenizedBytesMax } from '../../../backend/tokenization.ts';
import { messagesMax, modelNameCharactersMax } from '../chat/chat-completion-request.ts';
import { chatMessageSchema } from '../chat/chat-message.ts';
import type { NeutralValues } from '../chat/later-parameters.ts';
import { toolFields } from '../chat/tool-fields.ts';

const modelSchema = z
  .string()
  .min(1)
  .max(modelNameCharactersMax)
  .describe('Name of the model, or an alias of it.');

const textSchema = z.string().nullish();

/** Known to vLLM and llama-server, and not honoured here: see `later-parameters.ts`. */
export const laterTokenizeParameters = {
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
      `The text, up to ${tokenizedBytesMax} bytes. Exactly one of this, \`content\` and \`messages\`.`,
    ),
    content: textSchema.describe("llama-server's name of `prompt`."),
    messages: z
      .array(chatMessageSchema)
      .min(1)
      .max(messagesMax)
      .nullish()
      .describe(
        'A conversation, as a chat completion takes it; its tokens are those of the rendered prompt.',
      ),
    tools: toolFields.tools.describe('Only with `messages`: what the model is told of.'),
    add_special_tokens: z
      .boolean()
      .nullish()
      .describe(
        'Add the control tokens that the model wants around a text: by default for `prompt`, as in vLLM, and not for `content`, as in llama-server. A conversation has them always.',
      ),
    add_special: z.boolean().nullish().describe("llama-server's name of `add_special_tokens`."),
    parse_special: z.boolean().nullish().meta({
      default: true,
      description: 'The names of control tokens in a text are control tokens.',
    }),
    return_token_strs: z.boolean().nullish().meta({
      default: false,
      description: "Tell each token as the model's vocabulary writes it.",
    }),
  })
  .meta({ id: 'TokenizeRequest' });

const tokenIdSchema = z.int().min(0);

export const tokenizeAnswerSchema = z
  .object({
    count: z.int().min(0),
    max_model_len: z.int().describe('Tokens that prompt and completion may have together.'),
    tokens: z.array(tokenIdSchema),
    token_strs: z.array(z.string()).nullable().describe('Null unless `return_token_strs` asks for them.'),
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
    prompt: z.string().describe('The text; control tokens stand by their names.'),
    content: z.string().describe("llama-server's name of `prompt`: the same text."),
  })
  .meta({ id: 'DetokenizeAnswer' });

/** The answer of `POST /chat/completions/input_tokens`. */
export const inputTokensSchema = z
  .object({
    object: z.literal('response.input_tokens').describe("OpenAI's name for a count of tokens."),
    input_tokens: z.int().min(0).describe('What `usage.prompt_tokens` of the same request would be.'),
  })
  .meta({ id: 'InputTokens' });
