import type { KeyScope, UsageLimits } from '../../store/key-policy.ts';
import type { StoredKey } from '../../store/stored-key.ts';
import { hashKey, toHint } from './api-key.ts';
import { assertExpiry, assertKeyFields } from './assert-key-fields.ts';
import { type BudgetChanges, mergeBudget } from './key-policy.ts';

export interface NewKey {
  /** 1–100 characters without control characters or outer white space. */
  readonly name: string;
  /** `inference` alone by default. */
  readonly scopes?: readonly KeyScope[] | undefined;
  /** Names of models, or patterns with `*`; undefined: every model. */
  readonly models?: readonly string[] | undefined;
  /** Its id or name; `default` by default. */
  readonly project?: string | undefined;
  /** In the future, in milliseconds since 1970; undefined: never expires. */
  readonly expiresAtMs?: number | undefined;
  readonly limits?: UsageLimits | undefined;
  readonly budget?: BudgetChanges | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** A key as it is kept, with nothing of it but its hash and its first characters. */
export function toStoredKey(
  plainKey: string,
  id: string,
  projectId: string,
  newKey: NewKey,
  createdAtMs: number,
): StoredKey {
  const { name, scopes = ['inference'], models, expiresAtMs, limits = {}, budget, metadata = {} } = newKey;
  const key: StoredKey = {
    id,
    projectId,
    name,
    scopes,
    models,
    limits,
    metadata,
    createdAtMs,
    expiresAtMs,
    budget: mergeBudget(undefined, budget, createdAtMs),
    hash: hashKey(plainKey).toString('hex'),
    hint: toHint(plainKey),
    previousHash: undefined,
    previousUntilMs: undefined,
    disabledAtMs: undefined,
    revokedAtMs: undefined,
    deletedAtMs: undefined,
    lastUsedAtMs: undefined,
  };
  assertKeyFields(key);
  assertExpiry(expiresAtMs, createdAtMs);
  return key;
}
