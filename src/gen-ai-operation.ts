// Names that metrics and traces share: the operations of OpenTelemetry's semantic conventions for generative AI.
import type { UsageEndpoint } from './service/usage/usage-record.ts';
import type { UpstreamCall } from './upstream/upstream-call.ts';

const operations: Partial<Record<UsageEndpoint, string>> = {
  'chat/completions': 'chat',
  responses: 'chat',
  messages: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
};

/** Undefined: the endpoint only counts tokens, which is no operation. */
export function toRequestOperation(endpoint: UsageEndpoint): string | undefined {
  return operations[endpoint];
}

export function toUpstreamOperation(promptKind: UpstreamCall['promptKind']): string {
  return promptKind === 'chat' ? 'chat' : 'text_completion';
}
