import { timingSafeEqual } from 'node:crypto';
import type { KeyScope, KeyStore, StoredKey } from '../../store/key-store.ts';
import { createPlainKey, hashKey, keyStatus, toStoredKey } from './api-key.ts';
import { KeyServiceError } from './key-service-error.ts';

/** A longer presented key is refused before it is hashed: hashing costs time in its length. */
export const presentedKeyCharactersMax = 512;
export const keyNameCharactersMax = 100;
/** The last use of a key is written at most this often. */
export const lastUseIntervalMs = 60_000;
/** Keys whose last write is remembered; past it the memory begins anew, at the cost of one write for each key. */
const rememberedKeysMax = 10_000;
/** The id of whoever presents the key from the environment; it has no record in the store. */
export const environmentKeyId = 'environment';

export interface KeyServiceOptions {
  readonly store: KeyStore;
  /** The value of `GRAVIXLAYER_API_KEY` at the start: accepted as a key, 1–512 visible ASCII characters. */
  readonly environmentKey: string | undefined;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Hears of a last use that could not be written, such as on a full disk; the request goes on. */
  readonly onLastUseFailure?: (error: unknown, keyId: string) => void;
}

/** Whoever presented a valid key; for logs and metering. */
export interface KeyIdentity {
  readonly id: string;
  readonly name: string;
  readonly scope: KeyScope;
}

export interface NewKey {
  /** 1–100 characters without control characters or outer white space. */
  readonly name: string;
  /** `inference` by default. */
  readonly scope?: KeyScope;
  /** In the future, in milliseconds since 1970; undefined: never expires. */
  readonly expiresAtMs?: number | undefined;
}

export interface CreatedKey {
  /** The plain key. It is nowhere else and can't be had again. */
  readonly key: string;
  readonly record: StoredKey;
}

/** Failures of the storage come through as `StoreError`, everything else that is refused as `KeyServiceError`. */
export interface KeyService {
  create(newKey: NewKey): Promise<CreatedKey>;
  /**
   * Who presents this key; undefined alike for an unknown, malformed, expired or revoked one. Asks the store
   * each time, so that a revocation by another process counts at once.
   */
  verify(presented: string): Promise<KeyIdentity | undefined>;
  list(): Promise<readonly StoredKey[]>;
  /** Revokes by id, else by the name if exactly one key that is not revoked has it; answers with the record as it is now. */
  revoke(idOrName: string): Promise<StoredKey>;
}

export function createKeyService(options: KeyServiceOptions): KeyService {
  const { store, now } = options;
  const environmentHash = toEnvironmentHash(options.environmentKey);
  const noteLastUse = createLastUseWriter(options);

  return {
    async create({ name, scope = 'inference', expiresAtMs }) {
      assertName(name);
      assertExpiry(expiresAtMs, now());
      const key = createPlainKey();
      const record = toStoredKey(key, { name, scope, createdAtMs: now(), expiresAtMs });
      if (!(await store.insert(record))) {
        throw new Error(
          'A new random key was in the store already: the random numbers of this machine are broken.',
        );
      }
      return { key, record };
    },

    async verify(presented) {
      if (presented.length === 0 || presented.length > presentedKeyCharactersMax) {
        return undefined;
      }
      const hash = hashKey(presented);
      if (environmentHash !== undefined && timingSafeEqual(hash, environmentHash)) {
        return { id: environmentKeyId, name: environmentKeyId, scope: 'admin' };
      }
      const record = await store.findByHash(hash.toString('hex'));
      const nowMs = now();
      if (
        record === undefined ||
        !timingSafeEqual(hash, Buffer.from(record.hash, 'hex')) ||
        keyStatus(record, nowMs) !== 'active'
      ) {
        return undefined;
      }
      await noteLastUse(record, nowMs);
      return { id: record.id, name: record.name, scope: record.scope };
    },

    list: () => store.list(),

    async revoke(idOrName) {
      const record = findRevocable(await store.list(), idOrName);
      const revokedAtMs = now();
      if (!(await store.revoke(record.id, revokedAtMs))) {
        throw alreadyRevoked(record);
      }
      return { ...record, revokedAtMs };
    },
  };
}

/**
 * Writes last uses sparingly. The attempt is remembered before the write: a hundred simultaneous requests with one
 * key write once, and on a full disk a failing write is tried once a minute instead of at every request.
 */
function createLastUseWriter({ store, onLastUseFailure }: KeyServiceOptions) {
  const attemptedAtMs = new Map<string, number>();
  return async (record: StoredKey, nowMs: number): Promise<void> => {
    const latestMs = Math.max(record.lastUsedAtMs ?? 0, attemptedAtMs.get(record.id) ?? 0);
    if (nowMs - latestMs < lastUseIntervalMs) {
      return;
    }
    if (attemptedAtMs.size >= rememberedKeysMax) {
      attemptedAtMs.clear();
    }
    attemptedAtMs.set(record.id, nowMs);
    try {
      await store.touch(record.id, nowMs);
    } catch (error) {
      onLastUseFailure?.(error, record.id);
    }
  };
}

function findRevocable(keys: readonly StoredKey[], idOrName: string): StoredKey {
  const byId = keys.find(({ id }) => id === idOrName);
  if (byId !== undefined) {
    return byId;
  }
  const named = keys.filter(({ name }) => name === idOrName);
  const [candidate, ...others] = named.filter(({ revokedAtMs }) => revokedAtMs === undefined);
  if (candidate !== undefined && others.length > 0) {
    const ids = [candidate, ...others].map(({ id, hint }) => `${id} (${hint})`).join(', ');
    throw new KeyServiceError(
      'ambiguous_name',
      `${others.length + 1} keys are named "${idOrName}". Revoke by id: ${ids}.`,
    );
  }
  if (candidate !== undefined) {
    return candidate;
  }
  const [revoked] = named;
  if (revoked !== undefined) {
    throw alreadyRevoked(revoked);
  }
  if (idOrName === environmentKeyId) {
    throw new KeyServiceError(
      'environment_key',
      'The environment key is not in the store. Unset GRAVIXLAYER_API_KEY and start the server again to refuse it.',
    );
  }
  throw new KeyServiceError(
    'unknown_key',
    'No key has this id or name. `gravix keys list` shows the keys there are.',
  );
}

function alreadyRevoked({ id, name }: StoredKey): KeyServiceError {
  return new KeyServiceError('already_revoked', `The key ${id} ("${name}") was revoked before.`);
}

function assertName(name: string): void {
  const isPrintable = !/\p{C}/u.test(name) && name.trim() === name;
  if (name.length === 0 || name.length > keyNameCharactersMax || !isPrintable) {
    throw new KeyServiceError(
      'invalid_name',
      `A key's name has 1 to ${keyNameCharactersMax} characters, without control characters and without spaces around it.`,
    );
  }
}

function assertExpiry(expiresAtMs: number | undefined, nowMs: number): void {
  // 8.64e15 is the last instant that a Date can name.
  const isInstant = Number.isSafeInteger(expiresAtMs) && (expiresAtMs ?? 0) <= 8.64e15;
  if (expiresAtMs !== undefined && (!isInstant || expiresAtMs <= nowMs)) {
    throw new KeyServiceError('invalid_expiry', 'The expiry of a key must be an instant in the future.');
  }
}

/** Anything else could never arrive in an Authorization header, so that the server would refuse its own key. */
function toEnvironmentHash(environmentKey: string | undefined): Buffer | undefined {
  if (environmentKey === undefined) {
    return undefined;
  }
  if (environmentKey.length > presentedKeyCharactersMax || !/^[\x21-\x7e]+$/.test(environmentKey)) {
    throw new KeyServiceError(
      'invalid_environment_key',
      `GRAVIXLAYER_API_KEY must have 1 to ${presentedKeyCharactersMax} visible ASCII characters without spaces. Correct it or unset it.`,
    );
  }
  return hashKey(environmentKey);
}
