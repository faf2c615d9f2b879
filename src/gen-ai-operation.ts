// Names that metrics and traces share: the operations of OpenTelemetry's semantic conventions for generative AI.
import type { UsageEndpoint } from './service/usage/usage-record.ts';
import type { UpstreamPurpose } from './upstream/upstream-call.ts';

const operations: Partial<Record<UsageEndpoint, string>> = {
  'chat/completions': 'chat',
  responses: 'chat',
  'responses/compact': 'chat',
  messages: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
};

/** Undefined: the endpoint only counts tokens, which is no operation. */
export function toRequestOperation(endpoint: UsageEndpoint): string | undefined {
  return operations[endpoint];
}

const upstreamOperations: Readonly<Record<UpstreamPurpose, string | undefined>> = {
  chat: 'chat',
  completion: 'text_completion',
  embeddings: 'embeddings',
  tokens: undefined,
};

/** Undefined: it only shows or counts tokens, which is no operation. */
export function toUpstreamOperation(purpose: UpstreamPurpose): string | undefined {
  return upstreamOperations[purpose];
}
