// Signatures of webhooks as Standard Webhooks 1.0 defines them.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac } from 'node:crypto';

export interface SignedContent {
  /** The same for every attempt. */
  readonly id: string;
  /** When the attempt begins, in milliseconds since 1970. */
  readonly atMs: number;
  readonly body: string;
}

/** The key that a secret spells, which begins with `whsec_`. */
export function toWebhookKey(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

export function toWebhookHeaders({ id, atMs, body }: SignedContent, key: Buffer): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
