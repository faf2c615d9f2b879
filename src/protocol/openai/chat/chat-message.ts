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
    refusal: z.string().describe('What the assistant said when it refused; the model reads it as text.'),
  })
  .meta({ id: 'ChatRefusalPart' });

export const textContentSchema = z
  .union([z.string(), z.array(textPartSchema).min(1).max(contentPartsMax)])
  .describe(`The text, as a string or as 1 to ${contentPartsMax} parts, which the model reads as lines.`);

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
    'What the assistant said. It may be absent or null only where `refusal` is given or something was called.',
  );

const participantNameSchema = z.string().max(participantNameCharactersMax).nullish().meta({
  'x-effect': 'none',
  description: 'Name of the participant. Chat templates have no place for it, so it changes nothing.',
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
  refusal: z
    .string()
    .nullish()
    .describe('A refusal from an earlier turn; read as text when `content` is null.'),
  reasoning_content: z
    .string()
    .nullish()
    .describe('The thoughts of an earlier answer, for chat templates that show them to the model.'),
  reasoning: z.string().nullish().describe("The same under vLLM's name; `reasoning_content` goes first."),
  tool_calls: z
    .array(madeToolCallSchema)
    .max(messageToolCallsMax)
    .nullish()
    .describe('The calls that the assistant made, as the answer had them.'),
  function_call: calledFunctionSchema
    .nullish()
    .meta({ deprecated: true, description: 'Older form of `tool_calls`, with one call.' }),
  prefix: z
    .boolean()
    .nullish()
    .describe(
      'On the last message alone: the same as `continue_final_message`, as DeepSeek and Mistral have it.',
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
  content: textContentSchema.nullable().describe('What the function gave back.'),
  name: toolNameSchema.describe('Name of the function that an earlier `function_call` called.'),
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

export type WireChatMessage = z.infer<typeof chatMessageSchema>;
