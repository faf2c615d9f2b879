import type { Budget, KeyScope, UsageLimits } from './key-policy.ts';

/** All times are milliseconds since 1970. */
export interface StoredKey {
  readonly id: string;
  readonly projectId: string;
  /** Chosen by the operator; not unique. */
  readonly name: string;
  /** SHA-256 of the plain key, 64 lower-case hexadecimal digits; unique. */
  readonly hash: string;
  /** The hash before the last rotation; undefined: it never was rotated. */
  readonly previousHash: string | undefined;
  /** From this instant on the key before the rotation is refused. */
  readonly previousUntilMs: number | undefined;
  /** The first characters of the key, to recognise it by. */
  readonly hint: string;
  /** One or more. */
  readonly scopes: readonly KeyScope[];
  /** Names of models, or patterns with `*`; undefined: every model. */
  readonly models: readonly string[] | undefined;
  readonly limits: UsageLimits;
  readonly budget: Budget | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** From this instant on the key is refused; undefined: never. */
  readonly expiresAtMs: number | undefined;
  /** Since then it is refused, until it is enabled again. */
  readonly disabledAtMs: number | undefined;
  /** Since then it is refused for good, and still listed. */
  readonly revokedAtMs: number | undefined;
  /** Since then it is refused for good, and listed no more. */
  readonly deletedAtMs: number | undefined;
  /** Coarse: written at most once a minute; undefined: never used. */
  readonly lastUsedAtMs: number | undefined;
}

/** Limits and the budget of a project hold for all of its keys together. */
export interface StoredProject {
  readonly id: string;
  /** Unique among projects that are not deleted. */
  readonly name: string;
  readonly limits: UsageLimits;
  readonly budget: Budget | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | undefined;
}

/** The project that is always there, and to which a key belongs unless another one is named. */
export const defaultProjectId = 'default';

/** A key with what its project says. */
export interface OwnedKey {
  readonly key: StoredKey;
  readonly project: Pick<StoredProject, 'id' | 'name' | 'limits' | 'budget'>;
}
