// Puts rows into the ledger behind the requests: in batches, a moment after their end, and again where the store fails.
// Nothing waits for it but the end of the process.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerRow, RefusalKind, UsageSum } from '../../store/ledger-row.ts';
import { StoreError } from '../../store/store-error.ts';
import {
  type OpenRequestId,
  type Reservation,
  toOpenRequestKey,
  type UsageStore,
  type UsageSubject,
} from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import type { AdmissionRows } from '../limits/admission-rows.ts';
import type { OpenPlace } from '../limits/opening.ts';
import { createLateOpenings } from './late-openings.ts';
import { createRefusalSums } from './refusal-sums.ts';

/** Maximum wait of a row for others, in milliseconds. With the write, it is in the ledger within 100. */
const gatherMs = 30;

/** Rows in one transaction: more would hold the event loop for too long. */
const batchRowsMax = 100;

/** Rows that wait for a store which does not answer: then no further request is let in, so that none is lost. */
export const waitingRowsMax = 100_000;

/** Between two tries, in milliseconds: doubled from the first to the second. */
const retryMs = { first: 100, max: 5000 } as const;

/** How often refusals, of which no row is kept, are added to the sums, in milliseconds. */
const refusalsMs = 1000;

export interface LedgerEntry {
  readonly key: KeyIdentity;
  /** undefined: no request was opened for it, such as for a replay. */
  readonly place: OpenPlace | undefined;
  readonly subjects: readonly UsageSubject[];
  readonly row: LedgerRow;
}

export interface LedgerWriter extends AdmissionRows {
  settle(entry: LedgerEntry): void;
  refuse(kind: RefusalKind, of: Omit<UsageSum, 'refused' | 'hourMs'>): void;
  /** Rows that are not written yet. */
  waitingRows(): number;
  /** When the request of the oldest of them ended, in milliseconds since 1970; undefined: there is none. */
  oldestEndedAtMs(): number | undefined;
  /** Tries to write what there is, such as when the store answers again. */
  flush(): void;
  /** Writes what there is; gives up after `timeoutMs`, and says how many rows are lost. */
  close(timeoutMs: number): Promise<number>;
}

export interface LedgerWriterOptions {
  readonly store: UsageStore;
  /** Of this process. @throws StoreError before the store knows it */
  readonly replicaId: () => number;
  readonly now: () => number;
  /** These are written: their limits may have room again, and their budgets have paid. */
  readonly onSettled: (entries: readonly LedgerEntry[]) => void;
  /** Hears of the first of several failures. `waiting`: rows that will be tried again. */
  readonly onFailure: (error: unknown, rows: { readonly waiting: number }) => void;
}

export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { store, replicaId, now, onSettled, onFailure } = options;
  const entries: LedgerEntry[] = [];
  const notes = new Map<string, { id: OpenRequestId; source: { toReservation(): Reservation } }>();
  const refusals = createRefusalSums(now);
  const openings = createLateOpenings({ replicaId, onChange: () => timer.schedule(gatherMs) });
  let failures = 0;
  let writing: Promise<void> | undefined;

  const writeBatch = async () => {
    const taken = entries.slice(0, batchRowsMax);
    const [batch, early] = [taken.filter(isReady), taken.filter((entry) => !isReady(entry))];
    const changed = [...notes.values()].slice(0, batchRowsMax);
    const subjects = [...new Set(batch.flatMap((entry) => entry.subjects))];
    await store.change(subjects, async (transaction) => {
      for (const { id, source } of changed) await transaction.updateOpen(id, source.toReservation());
      await transaction.settle(
        batch.flatMap(({ place, row }) => (place?.openId === undefined ? [] : [{ id: place.openId, row }])),
      );
      await transaction.insertRows(batch.flatMap(({ place, row }) => (place === undefined ? [row] : [])));
    });
    entries.splice(0, taken.length, ...early);
    for (const { id } of changed) notes.delete(toOpenRequestKey(id));
    for (const { place } of batch) if (place !== undefined) place.isSettled = true;
    onSettled(batch);
  };
  const writeAll = async () => {
    try {
      do {
        // A request that ended has its row first, so that it can be settled only once.
        while (await openings.write(store));
        if (entries.length + notes.size > 0) await writeBatch();
      } while (entries.length + notes.size > 0);
      await refusals.write(store);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) onFailure(error, { waiting: entries.length });
      timer.schedule(Math.min(retryMs.max, retryMs.first * 2 ** (failures - 1)));
    }
  };
  const hasMore = () => entries.length + notes.size + openings.size > 0;
  const write = (): Promise<void> => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (hasMore()) timer.schedule(failures > 0 ? retryMs.max : gatherMs);
    });
    return writing;
  };
  const timer = createEarliestTimer(() => void write());

  return {
    settle(entry) {
      const { place } = entry;
      if (place?.openId !== undefined) notes.delete(toOpenRequestKey(place.openId));
      entries.push(entry);
      timer.schedule(gatherMs);
    },
    note(id, source) {
      notes.set(toOpenRequestKey(id), { id, source });
      timer.schedule(gatherMs);
    },
    open: openings.add,
    withdraw: openings.withdraw,
    refuse(kind, of) {
      refusals.add(kind, of);
      timer.schedule(refusalsMs);
    },
    isBehind: openings.has,
    assertRoom() {
      if (entries.length + openings.size < waitingRowsMax) return;
      throw new StoreError('busy', `${waitingRowsMax} requests wait to be written to the database.`);
    },
    waitingRows: () => entries.length,
    oldestEndedAtMs: () => entries[0]?.row.endedAtMs,
    flush: () => timer.schedule(0),
    async close(timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      await write();
      while (hasMore() && performance.now() < deadlineMs) {
        await sleep(failures > 0 ? retryMs.first : 0);
        await write();
      }
      timer.clear();
      openings.close();
      return entries.length;
    },
  };
}

/** Not one whose request has yet to be opened. */
function isReady({ place }: LedgerEntry): boolean {
  return place === undefined || place.openId !== undefined;
}

/** A timer that fires at the earliest of the times that it was set to. */
function createEarliestTimer(onTime: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  return {
    schedule(delayMs: number) {
      const atMs = performance.now() + delayMs;
      if (atMs >= dueMs) return;
      clearTimeout(timer);
      dueMs = atMs;
      timer = setTimeout(() => {
        dueMs = Infinity;
        onTime();
      }, delayMs);
    },
    clear() {
      clearTimeout(timer);
      dueMs = Infinity;
    },
  };
}
