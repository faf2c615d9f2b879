import { z } from 'zod';
import type { TokenUsage } from '../../../backend/generation-event.ts';
import { servedTier } from '../shared/client-fields.ts';
import { costSchema, type ToCost } from '../shared/completion-usage.ts';

const bytesSchema = z
  .array(z.int().min(0).max(255))
  .describe('Empty for a control token, which has no text.');

const rankedTokenFields = { token: z.string(), logprob: z.number(), bytes: bytesSchema };

export const responseLogprobSchema = z
  .object({ ...rankedTokenFields, top_logprobs: z.array(z.object(rankedTokenFields)) })
  .meta({ id: 'ResponseTokenLogprob' });

export const outputTextSchema = z
  .object({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(z.never()).describe('Always empty here.'),
    logprobs: z.array(responseLogprobSchema).describe('Empty unless the request includes them.'),
  })
  .meta({ id: 'ResponseOutputText' });

export const reasoningTextSchema = z
  .object({ type: z.literal('reasoning_text'), text: z.string() })
  .meta({ id: 'ResponseReasoningText' });

const itemStatusSchema = z
  .enum(['in_progress', 'completed', 'incomplete'])
  .describe('`incomplete`: the token limit or the context was reached within it.');

const outputMessageSchema = z
  .object({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    status: itemStatusSchema,
    content: z.array(outputTextSchema),
  })
  .meta({ id: 'ResponseOutputMessage' });

const namespaceSchema = z.string().optional().describe('Of the tool, if it is in one.');

const functionCallSchema = z
  .object({
    id: z.string(),
    type: z.literal('function_call'),
    status: itemStatusSchema,
    call_id: z.string().describe('Send it back with the result.'),
    name: z.string(),
    namespace: namespaceSchema,
    arguments: z.string().describe('JSON as the model wrote it.'),
  })
  .meta({ id: 'ResponseFunctionCall' });

const customCallSchema = z
  .object({
    id: z.string(),
    type: z.literal('custom_tool_call'),
    status: itemStatusSchema,
    call_id: z.string().describe('Send it back with the result.'),
    name: z.string(),
    namespace: namespaceSchema,
    input: z.string(),
  })
  .meta({ id: 'ResponseCustomToolCall' });

const reasoningSchema = z
  .object({
    id: z.string(),
    type: z.literal('reasoning'),
    status: itemStatusSchema,
    summary: z.array(z.never()).describe('The complete reasoning.'),
    content: z.array(reasoningTextSchema),
    encrypted_content: z
      .string()
      .optional()
      .describe('Only if `include` asks for it. Send it back with the item.'),
  })
  .meta({ id: 'ResponseReasoning' });

export const outputItemSchema = z
  .discriminatedUnion('type', [outputMessageSchema, functionCallSchema, customCallSchema, reasoningSchema])
  .meta({ id: 'ResponseOutputItem' });

const countSchema = z.int().min(0);

const usageSchema = z
  .object({
    input_tokens: countSchema,
    input_tokens_details: z.object({
      cached_tokens: countSchema,
      cache_write_tokens: z.literal(0).describe('Writing to the prompt cache is not counted.'),
    }),
    output_tokens: countSchema,
    output_tokens_details: z.object({ reasoning_tokens: countSchema }),
    total_tokens: countSchema,
    cost: costSchema,
  })
  .meta({ id: 'ResponseUsage' });

/** The answer, and a snapshot of it in some events of a stream. */
export const responseSchema = z
  .object({
    id: z.string().describe('Unique, `resp_` and random.'),
    object: z.literal('response'),
    created_at: z.int().describe('Unix time in seconds.'),
    completed_at: z.int().nullable(),
    status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.object({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
    model: z.string().describe('The model name in the request.'),
    output: z.array(outputItemSchema),
    usage: usageSchema.nullable().describe('Null until the end.'),
    store: z.boolean().describe('At the end: whether the response was stored.'),
    background: z.literal(false),
    instructions: z.string().nullable().describe('As in the request, like the following fields.'),
    previous_response_id: z.string().nullable(),
    max_output_tokens: z.int().nullable(),
    max_tool_calls: z.int().nullable(),
    metadata: z.record(z.string(), z.string()),
    parallel_tool_calls: z.boolean(),
    temperature: z.number(),
    top_p: z.number(),
    presence_penalty: z.number(),
    frequency_penalty: z.number(),
    top_logprobs: z.int(),
    text: z.object({ format: z.unknown(), verbosity: z.enum(['low', 'medium', 'high']) }),
    tools: z.array(z.unknown()).describe('Without the tools that were left out.'),
    tool_choice: z.unknown(),
    reasoning: z.object({ effort: z.string().nullable(), summary: z.null() }),
    truncation: z.literal('disabled'),
    service_tier: z.literal(servedTier),
    user: z.string().nullable(),
    prompt_cache_key: z.string().nullable(),
    safety_identifier: z.string().nullable(),
  })
  .meta({ id: 'Response' });

export const responseDeletedSchema = z
  .object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) })
  .meta({ id: 'ResponseDeleted' });

export type WireResponse = z.infer<typeof responseSchema>;
export type OutputItem = z.infer<typeof outputItemSchema>;
export type OutputText = z.infer<typeof outputTextSchema>;
export type ResponseLogprob = z.infer<typeof responseLogprobSchema>;
export type ResponseDeleted = z.infer<typeof responseDeletedSchema>;

/** @param toCost undefined: the model has no price */
export function toResponseUsage(usage: TokenUsage, toCost?: ToCost): NonNullable<WireResponse['usage']> {
  const {
    promptTokens,
    completionTokens,
    cachedTokens,
    reasoningTokens,
    drafts: _drafts,
    isEstimated: _isEstimated,
    ...unhandled
  } = usage;
  unhandled satisfies Record<string, never>;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
    ...(toCost === undefined ? {} : { cost: toCost(usage) }),
  };
}
