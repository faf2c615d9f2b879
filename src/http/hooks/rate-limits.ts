import type { FastifyRequest } from 'fastify';
import type { AdmissionService } from '../../service/limits/admission.ts';
import type { UsageEndpoint } from '../../service/usage/usage-record.ts';
import { apiBases } from '../to-route-url.ts';

export type KnownLimits = Pick<AdmissionService, 'assertNotUsedUp' | 'figuresOf'>;

/** The endpoints whose requests are counted. */
const countedEndpoints: ReadonlySet<string> = new Set<UsageEndpoint>([
  'chat/completions',
  'completions',
  'responses',
  'embeddings',
  'chat/completions/input_tokens',
  'responses/input_tokens',
  'tokenize',
  'detokenize',
]);

/**
 * Says with each answer what the limits of its key leave. A request for which none is left is refused before its body is
 * read. Only behind the hook that authenticates.
 */
export function createRateLimitHook(
  { assertNotUsedUp, figuresOf }: KnownLimits,
  { method, url }: { readonly method: string; readonly url: string },
) {
  const base = apiBases.find((candidate) => url.startsWith(`${candidate}/`)) ?? '';
  const path = url.slice(base.length + 1);
  const isCounted = method === 'POST' && countedEndpoints.has(path);
  return async ({ state, headers }: FastifyRequest): Promise<void> => {
    if (state.caller === undefined) return;
    const { key } = state.caller;
    state.rateLimits = figuresOf(key);
    // One that was answered before is answered again, which costs nothing.
    if (!isCounted || headers['idempotency-key'] !== undefined) return;
    assertNotUsedUp(key, path as UsageEndpoint);
  };
}
