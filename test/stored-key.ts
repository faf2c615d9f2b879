import type { KeyStore } from '../src/store/key-store.ts';
import type { StoredKey } from '../src/store/stored-key.ts';

/** A key as a store keeps it. */
export function createStoredKey(id: string, changes: Partial<StoredKey> = {}): StoredKey {
  return {
    id,
    projectId: 'default',
    name: `name of ${id}`,
    hash: Buffer.from(id).toString('hex').padEnd(64, '0'),
    previousHash: undefined,
    previousUntilMs: undefined,
    hint: 'gx-AbCd…',
    scopes: ['inference'],
    models: undefined,
    limits: {},
    budget: undefined,
    metadata: {},
    createdAtMs: 1_000,
    expiresAtMs: undefined,
    disabledAtMs: undefined,
    revokedAtMs: undefined,
    deletedAtMs: undefined,
    lastUsedAtMs: undefined,
    ...changes,
  };
}

/** Whether it was not there yet. */
export function insertStoredKey(store: KeyStore, key: StoredKey): Promise<boolean> {
  return store.change((transaction) => transaction.insertKey(key));
}
