import { z } from 'zod';
import { toolNameSchema } from './tool-fields.ts';

/** Parts that one message's content may have. */
export const contentPartsMax = 1_000;

/** Calls of one assistant message. */
export const messageToolCallsMax = 128;

/** UTF-16 code units of a call's id: some servers keep more in it than a number. */
export const toolCallIdCharactersMax = 4_096;

/** UTF-16 code units of a participant's name. */
export const participantNameCharactersMax = 64;

const textPartSchema = z
  .object({
    type: z.literal('text'),
    text: z.string().describe('The text; may be empty.'),
  })
  .meta({ id: 'ChatTextPart' });

const refusalPartSchema = z
  .object({
    type: z.literal('refusal'),
    refusal: z.string().describe('The text with which the assistant refused. The model reads it as text.'),
  })
  .meta({ id: 'ChatRefusalPart' });

export const textContentSchema = z
  .union([z.string(), z.array(textPartSchema).min(1).max(contentPartsMax)])
  .describe(`The text: a string, or 1 to ${contentPartsMax} parts that the model reads as separate lines.`);

const assistantContentSchema = z
  .union([
    z.string(),
    z
      .array(z.discriminatedUnion('type', [textPartSchema, refusalPartSchema]))
      .min(1)
      .max(contentPartsMax),
  ])
  .nullish()
  .describe(
    'The text of the assistant. It may be absent or null only if the message has a `refusal` or calls.',
  );

const participantNameSchema = z.string().max(participantNameCharactersMax).nullish().meta({
  'x-effect': 'none',
  description: "Name of the participant. It has no effect, because chat templates don't use it.",
});

const toolCallIdSchema = z.string().min(1).max(toolCallIdCharactersMax);

const calledFunctionSchema = z.object({
  name: toolNameSchema,
  arguments: z.string().describe('JSON as the model wrote it.'),
});

const madeToolCallSchema = z
  .object({ id: toolCallIdSchema, type: z.literal('function'), function: calledFunctionSchema })
  .meta({ id: 'ChatMadeToolCall' });

const systemMessageSchema = z.object({
  role: z.enum(['system', 'developer']).describe('`developer` is read as `system`.'),
  content: textContentSchema,
  name: participantNameSchema,
});

const userMessageSchema = z.object({
  role: z.literal('user'),
  content: textContentSchema,
  name: participantNameSchema,
});

const assistantMessageSchema = z.object({
  role: z.literal('assistant'),
  content: assistantContentSchema,
  refusal: z.string().nullish().describe('An earlier refusal. Read as text if `content` is null.'),
  reasoning_content: z
    .string()
    .nullish()
    .describe('The reasoning of an earlier answer, for chat templates that show it to the model.'),
  reasoning: z
    .string()
    .nullish()
    .describe("The same, under vLLM's name; `reasoning_content` takes precedence."),
  tool_calls: z
    .array(madeToolCallSchema)
    .max(messageToolCallsMax)
    .nullish()
    .describe('The calls of the assistant, as the server returned them.'),
  function_call: calledFunctionSchema
    .nullish()
    .meta({ deprecated: true, description: 'Older form of `tool_calls` with one call.' }),
  prefix: z
    .boolean()
    .nullish()
    .describe(
      "On the last message only: the same as `continue_final_message`, as in DeepSeek's and Mistral's API.",
    ),
  name: participantNameSchema,
});

const toolMessageSchema = z.object({
  role: z.literal('tool').describe('The result of a call.'),
  content: textContentSchema,
  tool_call_id: toolCallIdSchema.describe('Id of a call in an earlier assistant message.'),
});

const functionMessageSchema = z.object({
  role: z.literal('function').meta({ deprecated: true, description: 'Older form of `tool`.' }),
  content: textContentSchema.nullable().describe('The result of the function.'),
  name: toolNameSchema.describe('Name of the function in an earlier `function_call`.'),
});

/** One turn of the conversation, as a client sends it. */
export const chatMessageSchema = z
  .discriminatedUnion('role', [
    systemMessageSchema,
    userMessageSchema,
    assistantMessageSchema,
    toolMessageSchema,
    functionMessageSchema,
  ])
  .meta({ id: 'ChatMessage' });

/** An image, by its address or as a data URL. */
export const imagePartSchema = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).nullish() }),
});

/**
 * A user message that may contain images. The reference shows another schema, without images, as long as no
 * deployment reads them.
 */
export const imageMessageSchema = userMessageSchema.extend({
  content: z.union([
    z.string(),
    z
      .array(z.discriminatedUnion('type', [textPartSchema, imagePartSchema]))
      .min(1)
      .max(contentPartsMax),
  ]),
});

export type WireImagePart = z.infer<typeof imagePartSchema>;

export type WireChatMessage =
  | Exclude<z.infer<typeof chatMessageSchema>, { readonly role: 'user' }>
  | z.infer<typeof imageMessageSchema>;
