import type { KeyScope } from '../key-store.ts';

/** The tables as queries name them; Kysely's CamelCasePlugin turns the names into SQL's snake_case. */
export interface DatabaseSchema {
  readonly apiKeys: ApiKeysTable;
}

export interface ApiKeysTable {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly hint: string;
  readonly scope: KeyScope;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}
