import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdmissionService } from '../../service/limits/admission.ts';
import { usageEndpoints } from '../../service/usage/usage-record.ts';
import { apiBases } from '../to-route-url.ts';

export type KnownLimits = Pick<AdmissionService, 'assertNotUsedUp' | 'figuresOf'>;

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
  const endpoint = method === 'POST' ? usageEndpoints.find((one) => one === path) : undefined;
  return ({ state, headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    const key = state.caller?.key;
    if (key !== undefined) {
      state.rateLimits = figuresOf(key);
      // One that was answered before is answered again, which costs nothing.
      const isChecked = endpoint !== undefined && headers['idempotency-key'] === undefined;
      if (isChecked) assertNotUsedUp(key, endpoint);
    }
    done();
  };
}
