import type { KeyScope } from '../../store/key-policy.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';

/** The identity of the key that a request came with, with its rights and limits. */
export interface Caller {
  /** Of the key. Stored answers belong to it, and callers get slots in turn. */
  readonly id: string;
  /** The name that an operator gave the key; not unique. */
  readonly keyName: string;
  readonly projectId: string;
  readonly scopes: readonly KeyScope[];
  readonly limits: CallerLimits;
  /** The allowed models, limits and budgets of the key and its project. */
  readonly key: KeyIdentity;
}

/** The limits of one caller. */
export interface CallerLimits {
  /** Time that a request may take, its wait and all its attempts included, in milliseconds. */
  readonly requestMsMax: number;
}

export function toCaller(key: KeyIdentity, limits: CallerLimits): Caller {
  const { id, name, projectId, scopes } = key;
  return { id, keyName: name, projectId, scopes, limits, key };
}
