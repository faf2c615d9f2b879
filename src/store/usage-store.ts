import type { LedgerRow, UsageSum } from './ledger-row.ts';

/**
 * Where requests are reserved, settled and remembered. Everything that is reserved is the sum of the open requests, so that
 * it can't outlive them. Failures of the storage itself are thrown as `StoreError`.
 */
export interface UsageStore {
  /** A number for this process, under which its open requests stand. */
  registerReplica(replica: ReplicaPlace): Promise<number>;
  /** Says that the process is alive. Answers false where it was taken for dead: it is registered again then. */
  beat(replicaId: number): Promise<boolean>;
  listReplicas(): Promise<readonly Replica[]>;
  /** Only where it has no open request. */
  removeReplica(replicaId: number): Promise<void>;
  /** Some of its open requests, up to `limit`. */
  listOpenRequests(replicaId: number, limit: number): Promise<readonly OpenRequest[]>;
  /**
   * Makes changes together, or none of them if `work` throws. Of all processes one at a time is in here for each of
   * `subjects`, so that what `work` has read of them still holds when it writes.
   *
   * `questions` that `work` reads first, as this very list, may be read with the beginning: over a network both are one wait.
   */
  change<Result>(
    subjects: readonly UsageSubject[],
    work: (transaction: UsageTransaction) => Promise<Result>,
    questions?: readonly UseQuestion[],
  ): Promise<Result>;
  /** The current usage and reservations of a key or a project. */
  readUse(questions: readonly UseQuestion[]): Promise<readonly SubjectUse[]>;
  /** Adds refusals, of which no row is kept, to the sums of their hour. */
  addRefusals(refusals: readonly UsageSum[]): Promise<void>;
  /** Removes rows of the ledger that ended before, `limit` at most, and says how many. Their sums stay. */
  removeLedgerRows(endedBeforeMs: number, limit: number): Promise<number>;
  /** Removes buckets that no window reaches any more, `limit` at most, and says how many. */
  removeSpentBuckets(limit: number): Promise<number>;
}

/** The operations inside of a change. It may only access the subjects that it was opened for. */
export interface UsageTransaction {
  /** The clock of limits, in milliseconds; it never goes back. */
  readonly nowMs: number;
  readUse(questions: readonly UseQuestion[]): Promise<readonly SubjectUse[]>;
  /** The starts in a window, oldest first, with the tokens that count in it. */
  listBuckets(subject: UsageSubject, width: WindowWidth): Promise<readonly WindowBucket[]>;
  insertOpen(requests: readonly OpenRequest[]): Promise<void>;
  /** Changes what is reserved; false where the request is not open any more. */
  updateOpen(id: OpenRequestId, reservation: Reservation): Promise<boolean>;
  /** Takes an open request back as if it never had been. */
  withdraw(id: OpenRequestId): Promise<void>;
  /**
   * Puts a row of the ledger in the place of each open request and adds it to the sums, windows and budget periods that
   * count it. One that is not open any more changes nothing. Answers with those that were settled.
   */
  settle(settlements: readonly Settlement[]): Promise<readonly OpenRequestId[]>;
  /** Rows of requests that never were open, such as of replayed answers. */
  insertRows(rows: readonly LedgerRow[]): Promise<void>;
}

/** The subject of limits and a budget: `key:` or `project:` and its id. */
export type UsageSubject = `key:${string}` | `project:${string}`;

export type SubjectKind = 'key' | 'project';

export function toSubjectKind(subject: string): SubjectKind {
  return subject.startsWith('key:') ? 'key' : 'project';
}

/** The id of the key or the project. */
export function toOwnerId(subject: string): string {
  return subject.slice(subject.indexOf(':') + 1);
}

export interface ReplicaPlace {
  readonly host: string;
  readonly processId: number;
}

export interface Replica extends ReplicaPlace {
  readonly id: number;
  /** Since it said that it is alive, in milliseconds. */
  readonly silentMs: number;
}

export interface OpenRequestId {
  readonly replicaId: number;
  /** Unique in the replica. */
  readonly number: number;
}

/** For maps. */
export function toOpenRequestKey({ replicaId, number }: OpenRequestId): string {
  return `${replicaId} ${number}`;
}

/** Tokens and money, in billionths of the currency. */
export interface UsageAmounts {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costNano: number;
}

export interface Reservation {
  readonly reserved: UsageAmounts;
  /** The end of the current slice, or the prompt of a request that a server was sent: charged if the request is never settled. */
  readonly made: UsageAmounts;
  /** The deployment that works for it; undefined: none does yet. */
  readonly deployment: string | undefined;
}

/** A request between its admission and its row in the ledger. */
export interface OpenRequest extends Reservation {
  readonly id: OpenRequestId;
  readonly requestId: string;
  readonly keyId: string;
  readonly projectId: string;
  readonly endpoint: string;
  readonly model: string;
  readonly isStreamed: boolean;
  /** On the calendar, in milliseconds since 1970. */
  readonly beganAtMs: number;
  /** On the clock of limits. */
  readonly startedAtMs: number;
  /** The subjects whose limits count it. */
  readonly countsFor: { readonly key: boolean; readonly project: boolean };
  /** The periods of the budgets that pay for it; undefined: none does. */
  readonly keyPeriod: string | undefined;
  readonly projectPeriod: string | undefined;
}

export interface Settlement {
  readonly id: OpenRequestId;
  readonly row: LedgerRow;
}

export const windowWidths = ['minute', 'day'] as const;

export type WindowWidth = (typeof windowWidths)[number];

/**
 * A bucket counts until it has left the window whole: a window is never shorter than it says, and at most one bucket
 * longer.
 */
export const windows = {
  minute: { widthMs: 60_000, bucketMs: 1000 },
  day: { widthMs: 86_400_000, bucketMs: 300_000 },
} as const satisfies Record<WindowWidth, { readonly widthMs: number; readonly bucketMs: number }>;

/** The first millisecond whose bucket still counts at `nowMs`. */
export function toWindowStart(width: WindowWidth, nowMs: number): number {
  const { widthMs, bucketMs } = windows[width];
  return toBucketStart(width, nowMs - widthMs - bucketMs) + bucketMs;
}

export function toBucketStart(width: WindowWidth, atMs: number): number {
  const { bucketMs } = windows[width];
  return Math.floor(atMs / bucketMs) * bucketMs;
}

export interface UseQuestion {
  readonly subject: UsageSubject;
  /** The period of its budget that is asked about; undefined: it has none. */
  readonly period: string | undefined;
}

/** The usage of a subject: settled and open requests together. */
export interface SubjectUse {
  readonly minute: WindowUse;
  readonly day: WindowUse;
  /** Requests that are open. */
  readonly openRequests: number;
  /** Settled in the period. */
  readonly spentNano: number;
  readonly spentTokens: number;
  /** Of open requests. */
  readonly reservedNano: number;
  readonly reservedTokens: number;
}

export interface WindowUse {
  readonly requests: number;
  readonly tokens: number;
}

export interface WindowBucket extends WindowUse {
  readonly startMs: number;
}
