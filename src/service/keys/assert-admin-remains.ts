import type { StoredKey } from '../../store/stored-key.ts';
import { keyStatus } from './api-key.ts';
import { KeyServiceError } from './key-service-error.ts';

export interface AdminChange {
  /** All keys as they are. */
  readonly keys: readonly StoredKey[];
  readonly before: StoredKey;
  /** The key after the change. */
  readonly after: StoredKey;
  readonly nowMs: number;
}

/**
 * At the instant in which an admin key stops to be one, another must work.
 *
 * @throws KeyServiceError `last_admin_key`
 */
export function assertAdminRemains({ keys, before, after, nowMs }: AdminChange): void {
  if (!isAdmin(before, nowMs)) return;
  const endMs = isAdmin(after, nowMs) ? after.expiresAtMs : nowMs;
  const wouldEndSooner = endMs !== undefined && endMs < (before.expiresAtMs ?? Number.POSITIVE_INFINITY);
  if (!wouldEndSooner || keys.some((key) => key.id !== before.id && isAdmin(key, endMs))) return;
  throw new KeyServiceError(
    'last_admin_key',
    `The key ${before.id} ("${before.name}") is the last admin key: without it no key could manage this server. Make another one first: \`gravix keys create --admin\`.`,
  );
}

function isAdmin(key: StoredKey, atMs: number): boolean {
  return key.deletedAtMs === undefined && key.scopes.includes('admin') && keyStatus(key, atMs) === 'active';
}
