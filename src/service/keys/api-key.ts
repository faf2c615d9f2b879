import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredKey, StoredProject } from '../../store/stored-key.ts';

export type { Budget, BudgetPeriod, KeyScope, UsageLimits } from '../../store/key-policy.ts';

/** 256 random bits: past guessing, and enough for a plain SHA-256 to be a safe way to keep it. */
const secretBytes = 32;
/** Of the check: one in 2^64 made-up keys passes it, and meets the store. */
const checkBytes = 8;
/** `gx-`, the id without its prefix, `-`, the secret and the check. */
const keyPattern = /^(gx-([0-9a-f]{16})-[A-Za-z0-9_-]{43})([A-Za-z0-9_-]{11})$/;
/** Keys had neither id nor check once. */
const uncheckedKeyPattern = /^gx-[A-Za-z0-9_-]{43}$/;
/** `gx-`, the id and four characters of the secret: 24 of the 256 bits, which leaves nothing to search. */
const hintCharacters = 24;

/** A new secret for checks, in hexadecimal. It guards the store from load; keys are safe without it. */
export function createCheckSecret(): string {
  return randomBytes(secretBytes).toString('hex');
}

export function createKeyId(): string {
  return `key_${randomBytes(8).toString('hex')}`;
}

/** A new plain key with the id in it: `gx-` and 71 characters. */
export function createPlainKey(keyId: string, checkSecret: string): string {
  const text = `${toKeyStart(keyId)}${randomBytes(secretBytes).toString('base64url')}`;
  return `${text}${toCheck(text, checkSecret).toString('base64url')}`;
}

/** How every plain key with this id begins. */
export function toKeyStart(keyId: string): string {
  return `gx-${keyId.slice('key_'.length)}-`;
}

function toCheck(text: string, checkSecret: string): Buffer {
  return createHmac('sha256', checkSecret).update(text).digest().subarray(0, checkBytes);
}

/** The id in a key with a valid checksum. Undefined for any other text. */
export function readCheckedKeyId(presented: string, checkSecret: string): string | undefined {
  const [, text = '', id, check = ''] = keyPattern.exec(presented) ?? [];
  if (id === undefined) return undefined;
  return timingSafeEqual(toCheck(text, checkSecret), Buffer.from(check, 'base64url'))
    ? `key_${id}`
    : undefined;
}

/** Whether a text has the form of keys that carry no check. */
export function isUncheckedKey(text: string): boolean {
  return uncheckedKeyPattern.test(text);
}

/** Whether a text has the form of a key that we issue, or once did. */
export function isApiKey(text: string): boolean {
  return keyPattern.test(text) || uncheckedKeyPattern.test(text);
}

export function hashKey(plainKey: string): Buffer {
  return hash('sha256', plainKey, 'buffer');
}

export function toHint(plainKey: string): string {
  return `${plainKey.slice(0, isUncheckedKey(plainKey) ? 7 : hintCharacters)}…`;
}

/** A key as lists show it: everything but the key itself. */
export type KeyRecord = StoredKey;
export type ProjectRecord = StoredProject;

export type KeyStatus = 'active' | 'disabled' | 'expired' | 'revoked';

export function keyStatus(
  key: Pick<StoredKey, 'revokedAtMs' | 'disabledAtMs' | 'expiresAtMs'>,
  nowMs: number,
): KeyStatus {
  if (key.revokedAtMs !== undefined) return 'revoked';
  if (key.disabledAtMs !== undefined) return 'disabled';
  return key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs ? 'expired' : 'active';
}
