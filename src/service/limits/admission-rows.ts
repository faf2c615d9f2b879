import type { OpenRequestId, Reservation, UsageSubject } from '../../store/usage-store.ts';
import type { Opening } from './opening.ts';

/** Rows of requests, which are written at leisure. */
export interface AdmissionRows {
  /** A reservation has changed; it is read when it is written. */
  note(id: OpenRequestId, source: { toReservation(): Reservation }): void;
  /** A request was let in without the store. `mayBeStored`: under the same id it may have a row, or get one. */
  open(opening: Opening, mayBeStored: boolean): void;
  /** A request may have a row, and does not run. */
  withdraw(id: OpenRequestId): void;
  /** Requests of one of these run or ended that the store does not know of yet, so that it would let in too many. */
  isBehind(subjects: readonly UsageSubject[]): boolean;
  /** @throws StoreError if too many rows wait for the store */
  assertRoom(): void;
}
