import { z } from 'zod';
import { streamedFields } from '../shared/stream-fields.ts';
import {
  outputItemSchema,
  outputTextSchema,
  reasoningTextSchema,
  responseLogprobSchema,
  responseSchema,
} from './response-object.ts';

const sequence = { sequence_number: z.int().min(0).describe('Position in the stream, from 0.') };
const ofItem = { output_index: z.int().min(0), item_id: z.string() };
const ofPart = { ...ofItem, content_index: z.literal(0) };
const snapshot = { ...sequence, response: responseSchema };
const item = { ...sequence, output_index: z.int().min(0), item: outputItemSchema };
const part = { ...sequence, ...ofPart, part: z.union([outputTextSchema, reasoningTextSchema]) };
/** What options of the request add to a delta. */
const added = {
  usage: responseSchema.shape.usage
    .optional()
    .describe('Only with `stream_options.continuous_usage_stats`: the usage so far.'),
  obfuscation: streamedFields.obfuscation,
};
const logprobs = { logprobs: z.array(responseLogprobSchema) };

/** Everything that may stand in a stream, by its `type`, which is also the event's name. */
export const responseEventSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('response.created'), ...snapshot }),
    z.object({ type: z.literal('response.in_progress'), ...snapshot }),
    z.object({ type: z.literal('response.output_item.added'), ...item }),
    z.object({ type: z.literal('response.content_part.added'), ...part }),
    z.object({
      type: z.literal('response.output_text.delta'),
      ...sequence,
      ...ofPart,
      delta: z.string().describe('Whole UTF-8 characters.'),
      ...logprobs,
      ...added,
    }),
    z.object({
      type: z.literal('response.output_text.done'),
      ...sequence,
      ...ofPart,
      text: z.string(),
      ...logprobs,
    }),
    z.object({
      type: z.literal('response.reasoning_text.delta'),
      ...sequence,
      ...ofPart,
      delta: z.string(),
      ...added,
    }),
    z.object({ type: z.literal('response.reasoning_text.done'), ...sequence, ...ofPart, text: z.string() }),
    z.object({ type: z.literal('response.content_part.done'), ...part }),
    z.object({
      type: z.literal('response.function_call_arguments.delta'),
      ...sequence,
      ...ofItem,
      delta: z.string(),
      ...added,
    }),
    z.object({
      type: z.literal('response.function_call_arguments.done'),
      ...sequence,
      ...ofItem,
      name: z.string(),
      arguments: z.string(),
    }),
    z.object({
      type: z.literal('response.custom_tool_call_input.delta'),
      ...sequence,
      ...ofItem,
      delta: z.string(),
      ...added,
    }),
    z.object({
      type: z.literal('response.custom_tool_call_input.done'),
      ...sequence,
      ...ofItem,
      input: z.string(),
    }),
    z.object({ type: z.literal('response.output_item.done'), ...item }),
    z.object({ type: z.literal('response.completed'), ...snapshot }),
    z.object({ type: z.literal('response.incomplete'), ...snapshot }),
    z.object({ type: z.literal('response.failed'), ...snapshot }),
    z.object({
      type: z.literal('error'),
      ...sequence,
      code: z.string().nullable(),
      message: z.string(),
      param: z.string().nullable(),
    }),
  ])
  .meta({ id: 'ResponseStreamEvent' });

export type ResponseEvent = z.infer<typeof responseEventSchema>;

/** An event before it has its place in the stream. */
export type UnplacedEvent = ResponseEvent extends infer E
  ? E extends ResponseEvent
    ? Omit<E, 'sequence_number'>
    : never
  : never;

export type FinalEvent = Extract<ResponseEvent, { type: 'response.completed' | 'response.incomplete' }>;

export function isFinalEvent(event: ResponseEvent): event is FinalEvent {
  return event.type === 'response.completed' || event.type === 'response.incomplete';
}
