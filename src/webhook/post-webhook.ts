import type { DeliveryOutcome } from '../service/budgets/webhook-sender.ts';
import { toWebhookHeaders } from './sign-webhook.ts';

export interface WebhookAddress {
  readonly url: string;
  /** Of the secret that the receiver has, too. */
  readonly key: Buffer;
  /** How long one attempt may take, in milliseconds. */
  readonly attemptMsMax: number;
  /** The name of this program and its version. */
  readonly userAgent: string;
}

const goneStatus = 410;

/** Sends a message once. It follows no redirect, reads no body of an answer, and does not throw. */
export async function postWebhook(
  { url, key, attemptMsMax, userAgent }: WebhookAddress,
  { id, body }: { readonly id: string; readonly body: string },
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        ...toWebhookHeaders({ id, atMs: Date.now(), body }, key),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptMsMax)]),
    });
    // Its length is unknown, and the status says all.
    await response.body?.cancel();
    if (response.ok) return { kind: 'delivered' };
    return {
      kind: 'failed',
      reason: `status ${response.status}`,
      isFinal: response.status === goneStatus,
      retryAfterMs: toRetryAfterMs(response.headers.get('retry-after')),
    };
  } catch (error) {
    return { kind: 'failed', reason: toReason(error), isFinal: false, retryAfterMs: undefined };
  }
}

/** In seconds or as a date; undefined for anything else. */
function toRetryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

/** A code, because messages name the host. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return 'timeout';
  if (error.name === 'AbortError') return 'stopped';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
}
