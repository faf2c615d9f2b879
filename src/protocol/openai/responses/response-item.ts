import { z } from 'zod';
import { contentPartsMax, toolCallIdCharactersMax } from '../chat/chat-message.ts';
import { toImageSource } from '../chat/image-part.ts';
import { toolNameSchema } from '../chat/tool-fields.ts';
import { hostedItemSchema } from './hosted-items.ts';
import { readEncryptedContent } from './reasoning-text.ts';

/** UTF-16 code units of an item's or a response's id. */
export const idCharactersMax = 256;

const idSchema = z.string().max(idCharactersMax).nullish().describe('As in an earlier answer.');

const statusSchema = z
  .enum(['in_progress', 'completed', 'incomplete'])
  .nullish()
  .describe('As in an earlier answer; it has no effect.');

const callIdSchema = z.string().min(1).max(toolCallIdCharactersMax);

const namespaceSchema = toolNameSchema.nullish().describe('As in an earlier answer.');

const inputTextSchema = z
  .object({ type: z.literal('input_text'), text: z.string() })
  .meta({ id: 'ResponseInputText' });

const inputImageSchema = z
  .object({
    type: z.literal('input_image'),
    image_url: z
      .string()
      .refine((url) => toImageSource(url) !== undefined, {
        params: { expected: 'an address (https://…) or data (data:image/png;base64,…)' },
      })
      .meta({ pattern: '^(https?://[^\\s/]|data:image/[\\w.+-]+;base64,.)' })
      .describe('An address, or the bytes as a data URL.'),
    detail: z
      .enum(['auto', 'low', 'high', 'original'])
      .nullish()
      .describe('`original` is read as `auto`, and listed in `x-ignored-params`.'),
  })
  .meta({ id: 'ResponseInputImage', description: 'Only for models that read images.' });

const textOrImageSchema = z.discriminatedUnion('type', [inputTextSchema, inputImageSchema]);

const givenOutputTextSchema = z
  .object({ type: z.literal('output_text'), text: z.string() })
  .meta({ id: 'ResponseGivenOutputText' });

const givenRefusalSchema = z
  .object({ type: z.literal('refusal'), refusal: z.string().describe('The model reads it as text.') })
  .meta({ id: 'ResponseGivenRefusal' });

/** @param least of the parts: an answer or a result may have none, what a client says has some. */
function toContentSchema<T extends z.ZodType>(part: T, least: 0 | 1) {
  return z
    .union([z.string(), z.array(part).min(least).max(contentPartsMax)])
    .describe(
      `The text: a string, or ${least} to ${contentPartsMax} parts that the model reads as separate lines.`,
    );
}

const messageTypeSchema = z.literal('message').nullish();

const userMessageSchema = z.object({
  type: messageTypeSchema,
  role: z.literal('user'),
  content: toContentSchema(textOrImageSchema, 1),
  id: idSchema,
  status: statusSchema,
});

const instructingMessageSchema = userMessageSchema.extend({
  role: z.enum(['system', 'developer']).describe('`developer` is read as `system`.'),
  content: toContentSchema(inputTextSchema, 1),
});

const answeredMessageSchema = z.object({
  type: messageTypeSchema,
  role: z.literal('assistant'),
  content: toContentSchema(
    z.discriminatedUnion('type', [givenOutputTextSchema, givenRefusalSchema, inputTextSchema]),
    0,
  ),
  id: idSchema,
  status: statusSchema,
});

/** A turn of the conversation; `type` may be left out. */
export const messageItemSchema = z
  .discriminatedUnion('role', [userMessageSchema, instructingMessageSchema, answeredMessageSchema])
  .meta({ id: 'ResponseInputMessage' });

export const functionCallItemSchema = z
  .object({
    type: z.literal('function_call'),
    call_id: callIdSchema,
    name: toolNameSchema,
    namespace: namespaceSchema,
    arguments: z.string().describe('JSON as the model wrote it.'),
    id: idSchema,
    status: statusSchema,
  })
  .meta({ id: 'ResponseInputFunctionCall' });

export const functionOutputItemSchema = z
  .object({
    type: z.literal('function_call_output'),
    call_id: callIdSchema.describe('Id of an earlier call.'),
    output: toContentSchema(textOrImageSchema, 0).describe(
      `The result: a text, or 0 to ${contentPartsMax} parts. A model that reads no images reads a sentence in place of each, and \`x-ignored-params\` lists the first one.`,
    ),
    id: idSchema,
    status: statusSchema,
  })
  .meta({ id: 'ResponseInputFunctionOutput' });

export const customCallItemSchema = z
  .object({
    type: z.literal('custom_tool_call'),
    call_id: callIdSchema,
    name: toolNameSchema,
    namespace: namespaceSchema,
    input: z.string(),
    id: idSchema,
    status: statusSchema,
  })
  .meta({ id: 'ResponseInputCustomToolCall' });

export const customOutputItemSchema = functionOutputItemSchema
  .extend({ type: z.literal('custom_tool_call_output') })
  .meta({ id: 'ResponseInputCustomToolOutput' });

export const reasoningItemSchema = z
  .object({
    type: z.literal('reasoning'),
    id: idSchema,
    summary: z
      .array(z.unknown())
      .max(contentPartsMax)
      .nullish()
      .meta({ 'x-effect': 'none', description: 'The model does not see it.' }),
    content: z
      .array(z.unknown())
      .max(contentPartsMax)
      .nullish()
      .describe('Parts of the type `reasoning_text`, whose `text` the model reads as separate lines.'),
    encrypted_content: z.string().nullish().describe('Read if `content` has no text.'),
    status: statusSchema,
  })
  .meta({
    id: 'ResponseInputReasoning',
    description:
      'Reasoning of an earlier answer, for chat templates that show it to the model: the texts of `content`, or else `encrypted_content` as this server wrote it. An item with neither is left out, and `x-ignored-params` lists the first one.',
  });

export const compactionItemSchema = z
  .object({
    type: z.literal('compaction'),
    id: idSchema,
    encrypted_content: z.string().refine((content) => readEncryptedContent(content) !== undefined, {
      params: { expected: 'the content of a compaction that this server made' },
    }),
  })
  .meta({
    id: 'ResponseInputCompaction',
    description:
      'A summary that `POST /responses/compact` made. The model reads it as a message of the user.',
  });

export const itemReferenceSchema = z
  .object({
    type: z.literal('item_reference'),
    id: z
      .string()
      .min(1)
      .max(idCharactersMax)
      .describe('Id of an item in a response that was stored with the same key. The item is inserted here.'),
  })
  .meta({ id: 'ResponseItemReference' });

export const itemSchemas = {
  item_reference: itemReferenceSchema,
  message: messageItemSchema,
  function_call: functionCallItemSchema,
  function_call_output: functionOutputItemSchema,
  custom_tool_call: customCallItemSchema,
  custom_tool_call_output: customOutputItemSchema,
  reasoning: reasoningItemSchema,
  compaction: compactionItemSchema,
} as const;

export const inputItemSchema = z
  .union([
    messageItemSchema,
    functionCallItemSchema,
    functionOutputItemSchema,
    customCallItemSchema,
    customOutputItemSchema,
    reasoningItemSchema,
    compactionItemSchema,
    hostedItemSchema,
  ])
  .meta({ id: 'ResponseInputItem' });

/** An item in a request, or a reference to one. */
export const requestedItemSchema = z.union([...inputItemSchema.options, itemReferenceSchema]);

export type InputItem = z.infer<typeof inputItemSchema>;
export type ItemReference = z.infer<typeof itemReferenceSchema>;
export type RequestedItem = InputItem | ItemReference;
export type MessageItem = z.infer<typeof messageItemSchema>;

export function isReference(item: RequestedItem): item is ItemReference {
  return item.type === 'item_reference';
}

export function isMessageItem(item: InputItem): item is MessageItem {
  return 'role' in item;
}
