import { createHash, randomBytes } from 'node:crypto';
import type { KeyScope, StoredKey } from '../../store/key-store.ts';

/** 256 random bits: past guessing, and enough for a plain SHA-256 to be a safe way to keep it. */
const keyBytes = 32;
const keyPattern = /^gx-[A-Za-z0-9_-]{43}$/;
/** `gx-` and four characters: 24 of the 256 bits, which leaves nothing to search. */
const hintCharacters = 7;

export interface StoredKeyDetails {
  readonly name: string;
  readonly scope: KeyScope;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number | undefined;
}

/** A new plain key: `gx-` and 43 characters of base64url. */
export function createPlainKey(): string {
  return `gx-${randomBytes(keyBytes).toString('base64url')}`;
}

/** Whether a text has the form of a key that we issue. */
export function isApiKey(text: string): boolean {
  return keyPattern.test(text);
}

export function hashKey(plainKey: string): Buffer {
  return createHash('sha256').update(plainKey).digest();
}

/** What is kept of a key: everything but the key. */
export function toStoredKey(plainKey: string, details: StoredKeyDetails): StoredKey {
  return {
    id: `key_${randomBytes(8).toString('hex')}`,
    name: details.name,
    hash: hashKey(plainKey).toString('hex'),
    hint: `${plainKey.slice(0, hintCharacters)}…`,
    scope: details.scope,
    createdAtMs: details.createdAtMs,
    expiresAtMs: details.expiresAtMs,
    revokedAtMs: undefined,
    lastUsedAtMs: undefined,
  };
}

/** A key as lists show it: everything but the key itself. */
export type KeyRecord = StoredKey;

export type KeyStatus = 'active' | 'expired' | 'revoked';

export function keyStatus(key: StoredKey, nowMs: number): KeyStatus {
  if (key.revokedAtMs !== undefined) {
    return 'revoked';
  }
  return key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs ? 'expired' : 'active';
}
