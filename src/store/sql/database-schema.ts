import type { Generated } from 'kysely';
import type {
  BudgetPeriodsTable,
  LedgerTable,
  LimitWindowsTable,
  OpenRequestsTable,
  ReplicasTable,
  UsageNamesTable,
  UsageSumsTable,
  WebhookMessagesTable,
} from './usage-tables.ts';

/** The tables as queries name them; Kysely's CamelCasePlugin turns the names into SQL's snake_case. */
export interface DatabaseSchema {
  readonly apiKeys: ApiKeysTable;
  readonly projects: ProjectsTable;
  readonly uncheckedKeys: UncheckedKeysTable;
  readonly keyring: KeyringTable;
  readonly auditEntries: AuditEntriesTable;
  readonly storedCompletions: StoredCompletionsTable;
  readonly usageNames: UsageNamesTable;
  readonly replicas: ReplicasTable;
  readonly openRequests: OpenRequestsTable;
  readonly limitWindows: LimitWindowsTable;
  readonly budgetPeriods: BudgetPeriodsTable;
  readonly webhookMessages: WebhookMessagesTable;
  readonly ledger: LedgerTable;
  readonly usageSums: UsageSumsTable;
  readonly idempotentAnswers: IdempotentAnswersTable;
}

/** Scopes, models, limits, budget and metadata are JSON. */
export interface ApiKeysTable {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly hash: string;
  readonly previousHash: string | null;
  readonly previousUntilMs: number | null;
  readonly hint: string;
  readonly scopes: string;
  readonly models: string | null;
  readonly limits: string;
  readonly budget: string | null;
  readonly metadata: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly disabledAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly deletedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** Limits, budget and metadata are JSON. */
export interface ProjectsTable {
  readonly id: string;
  readonly name: string;
  readonly limits: string;
  readonly budget: string | null;
  readonly metadata: string;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
}

/** Keys that were made before keys had a check, or under another secret. */
export interface UncheckedKeysTable {
  readonly hash: string;
  readonly keyId: string;
}

/** One row, with the id 1. */
export interface KeyringTable {
  readonly id: number;
  readonly revision: number;
  /** Hexadecimal. */
  readonly checkSecret: string | null;
}

export interface AuditEntriesTable {
  /** In the order of insertion. */
  readonly sequence: Generated<number>;
  readonly id: string;
  readonly atMs: number;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly objectId: string;
  readonly objectName: string;
  /** JSON. */
  readonly changes: string;
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

/** Claims of idempotency keys, and the answers in their place. */
export interface IdempotentAnswersTable {
  readonly claimId: string;
  readonly ownerId: string;
  readonly keyHash: string;
  readonly requestHash: string;
  readonly claimedAtMs: number;
  /** `null` once there is an answer. */
  readonly claimedUntilMs: number | null;
  /** Of the text in UTF-8; 0 for a claim. */
  readonly bytes: number;
  /** JSON: what goes with the text. */
  readonly head: string | null;
  readonly text: string | null;
}
