import type { Generated } from 'kysely';
import type { KeyScope } from '../key-store.ts';

/** The tables as queries name them; Kysely's CamelCasePlugin turns the names into SQL's snake_case. */
export interface DatabaseSchema {
  readonly apiKeys: ApiKeysTable;
  readonly storedCompletions: StoredCompletionsTable;
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

export interface StoredCompletionsTable {
  /** In the order of insertion. */
  readonly sequence: Generated<number>;
  readonly id: string;
  readonly ownerId: string;
  readonly kind: string;
  readonly model: string;
  readonly createdAtMs: number;
  /** Of both texts in UTF-8. */
  readonly bytes: number;
  /** A JSON object of texts. */
  readonly metadata: string;
  readonly inputText: string;
  readonly outputText: string;
}
