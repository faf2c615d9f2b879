import type { KeyStore } from '../../store/key-store.ts';
import type { StoredKey } from '../../store/stored-key.ts';

/** The last use of a key is written at most this often. */
export const lastUseIntervalMs = 60_000;
/** Maximum number of remembered keys. Beyond it the memory is cleared, at the cost of one write per key. */
const rememberedKeysMax = 10_000;

export interface LastUseWriterOptions {
  readonly store: Pick<KeyStore, 'touch'>;
  readonly onLastUseFailure?: (error: unknown, keyId: string) => void;
}

/**
 * Writes last uses sparingly, and no request waits for it. The attempt is remembered before the write: a hundred
 * simultaneous requests with one key write once, and on a full disk a failing write is tried once a minute instead of at
 * every request.
 */
export function createLastUseWriter({ store, onLastUseFailure }: LastUseWriterOptions) {
  const attemptedAtMs = new Map<string, number>();
  return (record: StoredKey, nowMs: number): void => {
    const latestMs = Math.max(record.lastUsedAtMs ?? 0, attemptedAtMs.get(record.id) ?? 0);
    if (nowMs - latestMs < lastUseIntervalMs) {
      return;
    }
    if (attemptedAtMs.size >= rememberedKeysMax) {
      attemptedAtMs.clear();
    }
    attemptedAtMs.set(record.id, nowMs);
    store.touch(record.id, nowMs).catch((error: unknown) => onLastUseFailure?.(error, record.id));
  };
}
