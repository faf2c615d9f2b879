import { z } from 'zod';
import type { FinishReason } from '../../../backend/generation-event.ts';
import { servedTier } from '../shared/client-fields.ts';
import { completionUsageSchema } from '../shared/completion-usage.ts';
import { stopReasonSchema } from '../shared/stop-reason.ts';
import { choiceLogprobsSchema } from './choice-logprobs.ts';

/** Why generation ended, truthfully. */
export const finishReasonSchema = z
  .enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])
  .describe(
    '`stop`: the model ended, or a stop sequence matched. `length`: the token limit or the context was reached. `tool_calls`: the model called tools. `content_filter`: a filter cut the answer off. `function_call`: the same as `tool_calls`, for a request with `functions`.',
  );

export type WireFinishReason = z.infer<typeof finishReasonSchema>;

const finishReasons = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const satisfies Record<FinishReason, WireFinishReason>;

export function toFinishReason(reason: FinishReason): WireFinishReason {
  return finishReasons[reason];
}

/** A call of a tool, whole. */
export const toolCallSchema = z
  .object({
    id: z.string().describe('Send it back as `tool_call_id` with the result.'),
    type: z.literal('function'),
    function: z.object({
      name: z.string(),
      arguments: z.string().describe('JSON as the model wrote it.'),
    }),
  })
  .meta({ id: 'ChatToolCall' });

/** The plain answer. Strictly typed clients fail on absent fields, so absent values are null. */
export const chatCompletionSchema = z
  .object({
    id: z.string().describe('Unique, `chatcmpl-` and random.'),
    object: z.literal('chat.completion'),
    created: z.int().describe('Unix time in seconds.'),
    model: z.string().describe('The model name in the request.'),
    system_fingerprint: z.string().describe('Engine and build.'),
    service_tier: z.literal(servedTier).optional().describe('Only if the request sets one.'),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string().nullable().describe('Null if the model only called tools.'),
          refusal: z.null(),
          reasoning_content: z.string().optional().describe('The reasoning of a model that shows it.'),
          reasoning: z.string().optional().describe("The same, under vLLM's name."),
          tool_calls: z.array(toolCallSchema).optional(),
          function_call: z
            .object({ name: z.string(), arguments: z.string().describe('JSON as the model wrote it.') })
            .optional()
            .meta({ deprecated: true, description: 'Replaces `tool_calls` if the request has `functions`.' }),
        }),
        logprobs: choiceLogprobsSchema.nullable().describe('Null unless the request sets `logprobs`.'),
        finish_reason: finishReasonSchema,
        stop_reason: stopReasonSchema,
      }),
    ),
    usage: completionUsageSchema,
  })
  .meta({ id: 'ChatCompletion' });

export type ChatCompletion = z.infer<typeof chatCompletionSchema>;
