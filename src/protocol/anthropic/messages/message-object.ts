import { z } from 'zod';
import type { FinishReason, TokenUsage } from '../../../backend/generation-event.ts';
import { costSchema, type ToCost } from '../../openai/shared/completion-usage.ts';

const countSchema = z.int().min(0);

/** Without `citations`, which some clients take as a list or not at all. */
const textSchema = z.object({ type: z.literal('text'), text: z.string() }).meta({ id: 'MessageText' });

const thinkingSchema = z
  .object({
    type: z.literal('thinking'),
    thinking: z.string(),
    signature: z.string().describe('Opaque. Send it back with the block.'),
  })
  .meta({ id: 'MessageThinkingText' });

const toolUseSchema = z
  .object({
    type: z.literal('tool_use'),
    id: z.string().describe('Send it back with the result.'),
    name: z.string(),
    input: z
      .unknown()
      .meta({ type: 'object', description: 'The arguments. `{}` if `max_tokens` cut them off.' }),
    caller: z.object({ type: z.literal('direct') }),
  })
  .meta({ id: 'MessageToolUse' });

export const answerBlockSchema = z
  .discriminatedUnion('type', [textSchema, thinkingSchema, toolUseSchema])
  .meta({ id: 'MessageContentBlock' });

const cacheFields = {
  cache_creation_input_tokens: z.literal(0).describe('The prompt cache costs nothing.'),
  cache_read_input_tokens: countSchema.describe('Prompt tokens that were found in the cache.'),
};

const outputFields = {
  output_tokens: countSchema.describe('Tokens generated.'),
  output_tokens_details: z.object({ thinking_tokens: countSchema }).nullable(),
  server_tool_use: z.null(),
  iterations: z.null(),
  fallback_credit: z.null(),
  cost: costSchema,
};

const inputTokensSchema = countSchema.describe('Prompt tokens that were evaluated.');

export const messageUsageSchema = z
  .object({
    input_tokens: inputTokensSchema,
    ...cacheFields,
    cache_creation: z.null(),
    ...outputFields,
    inference_geo: z.null(),
    service_tier: z.literal('standard'),
    speed: z.null(),
  })
  .meta({ id: 'MessageUsage' });

/** The usage at the end of a stream. */
export const messageDeltaUsageSchema = z.object({
  input_tokens: inputTokensSchema,
  ...cacheFields,
  ...outputFields,
});

/** Null is Anthropic's value for a request that asks for none. */
export const contextManagementSchema = z.null().describe('Nothing of the conversation is left out.');

export const stopReasonSchema = z
  .enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal'])
  .describe('`max_tokens`: the limit or the context was reached. `refusal`: a filter cut the answer.');

const stopDetailsSchema = z
  .object({
    type: z.literal('refusal'),
    category: z.null(),
    explanation: z.null(),
    recommended_model: z.null(),
    fallback_credit_token: z.null(),
    fallback_has_prefill_claim: z.null(),
  })
  .nullable();

export const stopFields = {
  stop_reason: stopReasonSchema.nullable().describe('Null until the end of a stream.'),
  stop_sequence: z.string().nullable().describe('The one that ended the answer.'),
  stop_details: stopDetailsSchema,
  container: z.null(),
};

/** The answer, and the beginning of it in the first event of a stream. */
export const messageSchema = z
  .object({
    id: z.string().describe('Unique, `msg_` and random.'),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string().describe('The model name in the request.'),
    content: z.array(answerBlockSchema),
    ...stopFields,
    diagnostics: z.null(),
    context_management: contextManagementSchema,
    usage: messageUsageSchema,
  })
  .meta({ id: 'Message' });

export type WireMessage = z.infer<typeof messageSchema>;
export type AnswerBlock = z.infer<typeof answerBlockSchema>;
export type MessageDeltaUsage = z.infer<typeof messageDeltaUsageSchema>;
export type StopFields = { readonly [Name in keyof typeof stopFields]: WireMessage[Name] };

/** Tokens from the cache are not part of `input_tokens` in this API. */
export function toMessageDeltaUsage(usage: TokenUsage, toCost?: ToCost): MessageDeltaUsage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens, ...rest } = usage;
  const { drafts: _drafts, isEstimated: _isEstimated, ...unhandled } = rest;
  unhandled satisfies Record<string, never>;
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
    server_tool_use: null,
    iterations: null,
    fallback_credit: null,
    ...(toCost === undefined ? {} : { cost: toCost(usage) }),
  };
}

export function toMessageUsage(usage: MessageDeltaUsage): WireMessage['usage'] {
  return {
    ...usage,
    cache_creation: null,
    inference_geo: null,
    service_tier: 'standard',
    speed: null,
  };
}

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
} as const satisfies Record<FinishReason, string>;

const refusalDetails = {
  type: 'refusal',
  category: null,
  explanation: null,
  recommended_model: null,
  fallback_credit_token: null,
  fallback_has_prefill_claim: null,
} as const;

/** @param stopSequence of the request, if one was met. */
export function toStopFields(reason: FinishReason, stopSequence: string | undefined): StopFields {
  const isMet = reason === 'stop' && stopSequence !== undefined;
  return {
    stop_reason: isMet ? 'stop_sequence' : stopReasons[reason],
    stop_sequence: isMet ? stopSequence : null,
    stop_details: reason === 'content-filter' ? refusalDetails : null,
    container: null,
  };
}

export const messageTokensSchema = z
  .object({
    input_tokens: countSchema.describe('Tokens of the prompt, with tools and system message.'),
    context_management: contextManagementSchema,
  })
  .meta({ id: 'MessageTokens' });

export function toMessageTokens(tokens: number): z.infer<typeof messageTokensSchema> {
  return { input_tokens: tokens, context_management: null };
}
