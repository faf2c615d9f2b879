import { z } from 'zod';
import {
  messagesMax,
  modelNameCharactersMax,
  stopSequenceCharactersMax,
  stopSequencesMax,
} from '../../openai/chat/chat-completion-request.ts';
import { jsonSchemaSchema } from '../../openai/chat/response-format.ts';
import { toolDescriptionCharactersMax } from '../../openai/chat/tool-fields.ts';
import { identifierCharactersMax } from '../../openai/shared/client-fields.ts';
import { endingFields } from '../../openai/shared/ending-fields.ts';
import { samplingFields } from '../../openai/shared/sampling-fields.ts';
import {
  cacheControlFields,
  messageParamSchema,
  messageToolNameSchema,
  systemContentSchema,
} from './content-block.ts';

/** Tools of one request: agents with several tool servers have hundreds. */
export const messageToolsMax = 512;

export const messageEfforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

export const messageToolSchema = z
  .object({
    type: z.literal('custom').nullish(),
    name: messageToolNameSchema,
    description: z
      .string()
      .max(toolDescriptionCharactersMax)
      .nullish()
      .describe('The purpose of the tool. The model sees it.'),
    input_schema: jsonSchemaSchema.describe(
      'A JSON Schema for the arguments, which are an object. Without properties the arguments are `{}`.',
    ),
    strict: z.boolean().nullish().meta({
      default: false,
      description:
        "True: a schema that can't be enforced is refused, and an invalid call is never returned as valid. False: enforced as far as possible.",
    }),
    ...cacheControlFields,
  })
  .meta({ id: 'MessageTool' });

const parallelField = {
  disable_parallel_tool_use: z.boolean().nullish().meta({
    default: false,
    description: 'True: at most one call in an answer.',
  }),
};

const toolChoiceSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('auto'), ...parallelField }),
    z.object({ type: z.literal('any'), ...parallelField }),
    z.object({ type: z.literal('tool'), name: z.string(), ...parallelField }),
    z.object({ type: z.literal('none') }),
  ])
  .meta({ id: 'MessageToolChoice' });

const displaySchema = z
  .enum(['summarized', 'omitted', 'updates'])
  .nullish()
  .describe('`omitted`: thinking blocks have no text. Otherwise they have all of it, whatever is asked for.');

const thinkingSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('enabled'),
      budget_tokens: z.int().min(1).describe('Maximum number of reasoning tokens.'),
      display: displaySchema,
    }),
    z.object({ type: z.literal('adaptive'), display: displaySchema }),
    z.object({ type: z.literal('between_tools') }),
    z.object({ type: z.literal('disabled') }),
  ])
  .meta({ id: 'MessageThinking' });

const outputFormatSchema = z
  .discriminatedUnion('type', [z.object({ type: z.literal('json_schema'), schema: jsonSchemaSchema })])
  .meta({ id: 'MessageOutputFormat' });

const outputConfigSchema = z.object({
  effort: z
    .enum(messageEfforts)
    .nullish()
    .describe(
      'Share of `max_tokens` for reasoning: `low` a quarter, `medium` half, `high` three quarters, `xhigh` seven eighths, `max` fifteen sixteenths. For a model that does not reason it has no effect and is listed in `x-ignored-params`.',
    ),
  format: outputFormatSchema
    .nullish()
    .describe('The form of the answer. It is enforced, or the request is refused.'),
});

/** The fields of a request that its prompt depends on: the body of `POST /messages/count_tokens`. */
const promptFields = {
  model: z
    .string()
    .min(1)
    .max(modelNameCharactersMax)
    .describe('Name or alias of the model. An unknown name is refused with 404.'),
  messages: z
    .array(messageParamSchema)
    .min(1)
    .max(messagesMax)
    .describe(
      `The conversation, 1 to ${messagesMax} messages. Consecutive messages of a role are joined. A last message of the assistant is continued.`,
    ),
  system: systemContentSchema
    .nullish()
    .describe(
      'The system message. A line `x-anthropic-billing-header: …` at the start of a block is left out: it changes with each request, and the prompt cache would miss.',
    ),
  tools: z
    .array(messageToolSchema)
    .max(messageToolsMax)
    .nullish()
    .describe(
      `Tools of yours, up to ${messageToolsMax}, with unique names. Tools that Anthropic defines, such as \`web_search_20250305\`, are left out and listed in \`x-ignored-params\`.`,
    ),
  tool_choice: toolChoiceSchema
    .nullish()
    .describe('Requires `tools`. `any`: at least one call and no text. `tool`: exactly one call of it.'),
  thinking: thinkingSchema
    .nullish()
    .describe(
      'How much a model that reasons may reason. Absent, `adaptive` or `between_tools`: the model decides.',
    ),
  output_config: outputConfigSchema.nullish(),
  output_format: outputFormatSchema.nullish().describe('Older name of `output_config.format`.'),
  ...cacheControlFields,
};

/** Body of `POST /messages`. */
export const messageRequestSchema = z
  .object({
    ...promptFields,
    max_tokens: z
      .int()
      .min(0)
      .describe('Maximum number of generated tokens. With 0 the prompt is evaluated and cached.'),
    ...samplingFields,
    repetition_stop: endingFields.repetition_stop,
    stop_sequences: z
      .array(z.string().min(1).max(stopSequenceCharactersMax))
      .max(stopSequencesMax)
      .nullish()
      .describe(
        `Up to ${stopSequencesMax} texts that end the answer and are not part of it, each with 1 to ${stopSequenceCharactersMax} characters.`,
      ),
    stream: z
      .boolean()
      .nullish()
      .meta({ default: false, description: 'Stream the answer as server-sent events.' }),
    metadata: z
      .object({
        user_id: z
          .string()
          .max(identifierCharactersMax)
          .nullish()
          .describe('Requests with the same value share prompt cache slots.'),
      })
      .nullish(),
    service_tier: z
      .enum(['auto', 'standard_only'])
      .nullish()
      .describe('There is one tier: the answer says `standard`.'),
  })
  .meta({ id: 'MessageRequest' });

export const countMessageTokensRequestSchema = z.object(promptFields).meta({ id: 'MessageTokensRequest' });

export type MessageRequest = z.infer<typeof messageRequestSchema>;
export type MessageTool = z.infer<typeof messageToolSchema>;
