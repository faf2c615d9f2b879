/**
 * Answers that are kept under the idempotency keys of clients, and the claims of requests that are still being answered.
 * A claim and the answer that takes its place are one row. Keys and requests are kept as hashes. Ages are measured on the
 * database's clock where the database has one, so that servers with other clocks agree. Failures of the storage itself are
 * thrown as `StoreError`.
 */
export interface IdempotencyStore {
  /**
   * Claims a key for a request, where no request holds it: none has come with it, its claim or its answer is too old.
   * Of two requests that claim at once exactly one holds it.
   */
  claim(claim: NewClaim, ages: IdempotencyAges): Promise<ClaimOutcome>;
  /** Lets claims last for another `claimMsMax` from now; those that were lost stay lost. */
  renew(claimIds: readonly string[], claimMsMax: number): Promise<void>;
  /** Puts the answer in the place of the claim. False when the claim was lost. */
  complete(claimId: string, answer: KeptAnswer): Promise<boolean>;
  /** Gives up a claim, so that another request may have the key. */
  release(claimId: string): Promise<void>;
  /** How much an owner has; claims don't count. */
  measure(owner: AnswerOwner): Promise<{ readonly count: number; readonly bytes: number }>;
  /** Deletes this many of the oldest answers of an owner. */
  removeOldest(owner: AnswerOwner, count: number): Promise<void>;
  /** Deletes up to this many expired answers and claims of all owners. Returns their number. */
  removeExpired(answerMsMax: number, countMax: number): Promise<number>;
}

export interface AnswerOwner {
  /** The API key whose requests they are. */
  readonly ownerId: string;
}

export interface NewClaim extends AnswerOwner {
  /** Unique: who has it holds the claim. */
  readonly claimId: string;
  readonly keyHash: string;
  readonly requestHash: string;
}

export interface IdempotencyAges {
  /** A claim that was not renewed for this long is lost, in milliseconds. */
  readonly claimMsMax: number;
  /** An answer counts for this long after its request was claimed, in milliseconds. */
  readonly answerMsMax: number;
}

/**
 * - `claimed`: the request holds the key.
 * - `other-request`: the key belongs to a request with another hash.
 * - `in-flight`: the same request is being answered.
 */
export type ClaimOutcome =
  | { readonly kind: 'claimed' | 'other-request' | 'in-flight' }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer };

export interface KeptAnswer {
  readonly model: string | undefined;
  /** The text is a whole stream of server-sent events. */
  readonly isStreamed: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it went out. */
  readonly text: string;
}
