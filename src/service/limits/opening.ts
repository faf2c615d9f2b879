import type { OpenRequest, OpenRequestId, UsageSubject } from '../../store/usage-store.ts';

/** Where a request stands among those that are open in the store. */
export interface OpenPlace {
  /** undefined: it is not there yet. */
  openId: OpenRequestId | undefined;
  /** Its row is replaced by that of the ledger. */
  isSettled: boolean;
}

/** A request that was let in without the store. Its row follows when the store answers. */
export interface Opening extends OpenPlace {
  readonly number: number;
  /** Whose limits count it. */
  readonly subjects: readonly UsageSubject[];
  /** Its row, as it is now. `nowMs` is on the clock of limits. */
  toOpenRequest(id: OpenRequestId, nowMs: number): OpenRequest;
}
