import type { KeyScope } from '../../store/key-store.ts';
import type { KeyIdentity } from '../keys/keys.ts';

/** The identity of the key that a request came with, with its rights and limits. */
export interface Caller {
  /** Of the key. Stored answers belong to it, and callers get slots in turn. */
  readonly id: string;
  /** The name that an operator gave the key; not unique. */
  readonly keyName: string;
  readonly projectId: string;
  readonly scopes: readonly KeyScope[];
  readonly limits: CallerLimits;
}

/** What one caller may use. */
export interface CallerLimits {
  /** Time that a request may take, its wait and all its attempts included, in milliseconds. */
  readonly requestMsMax: number;
}

/** The project of every key. */
export const defaultProjectId = 'default';

export function toCaller({ id, name, scope }: KeyIdentity, limits: CallerLimits): Caller {
  return {
    id,
    keyName: name,
    projectId: defaultProjectId,
    // A key that manages models may use them, too.
    scopes: scope === 'admin' ? ['inference', 'admin'] : [scope],
    limits,
  };
}
