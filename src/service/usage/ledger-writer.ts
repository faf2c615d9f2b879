// Puts rows into the ledger behind the requests: in batches, a moment after their end, and again where the store fails.
// Nothing waits for it but the end of the process.
import type { LedgerRow, RefusalKind, UsageSum } from '../../store/ledger-row.ts';
import { toHourStart } from '../../store/ledger-row.ts';
import type { OpenRequestId, Reservation, UsageStore, UsageSubject } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';

/** Maximum wait of a row for others, in milliseconds. With the write, it is in the ledger within 100. */
const gatherMs = 30;

/** Rows in one transaction: more would hold the event loop for too long. */
const batchRowsMax = 100;

/** Rows that wait for a store which does not answer; what comes then is lost, and counted. */
export const waitingRowsMax = 100_000;

/** Between two tries, in milliseconds: doubled from the first to the second. */
const retryMs = { first: 100, max: 5000 } as const;

/** How often refusals, of which no row is kept, are added to the sums, in milliseconds. */
const refusalsMs = 1000;

/** Different refusals between two writes. */
const refusalsMax = 10_000;

export interface LedgerEntry {
  readonly key: KeyIdentity;
  /** undefined: no request was opened for it. */
  readonly openId: OpenRequestId | undefined;
  readonly subjects: readonly UsageSubject[];
  readonly row: LedgerRow;
}

export interface LedgerWriter {
  settle(entry: LedgerEntry): void;
  /** A reservation has changed; it is read when it is written. */
  note(id: OpenRequestId, source: { toReservation(): Reservation }): void;
  refuse(kind: RefusalKind, of: Omit<UsageSum, 'refused' | 'hourMs'>): void;
  /** Rows that are not written yet. */
  waitingRows(): number;
  /** Rows that were lost. */
  lostRows(): number;
  /** Writes what there is; gives up after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

export interface LedgerWriterOptions {
  readonly store: UsageStore;
  readonly now: () => number;
  /** These are written: their limits may have room again, and their budgets have paid. */
  readonly onSettled: (entries: readonly LedgerEntry[]) => void;
  /** `waiting`: rows that will be tried again; `lost`: rows that never will. */
  readonly onFailure: (error: unknown, rows: { readonly waiting: number; readonly lost: number }) => void;
}

export function createLedgerWriter({ store, now, onSettled, onFailure }: LedgerWriterOptions): LedgerWriter {
  const entries: LedgerEntry[] = [];
  const notes = new Map<string, { id: OpenRequestId; source: { toReservation(): Reservation } }>();
  const refusals = createRefusalSums(now);
  let lost = 0;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  let writing: Promise<void> | undefined;

  const schedule = (delayMs: number) => {
    const atMs = performance.now() + delayMs;
    if (atMs >= dueMs) return;
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(() => {
      dueMs = Infinity;
      void write();
    }, delayMs);
  };
  const writeBatch = async () => {
    const batch = entries.slice(0, batchRowsMax);
    const changed = [...notes.values()].slice(0, batchRowsMax);
    const subjects = [...new Set(batch.flatMap((entry) => entry.subjects))];
    await store.change(subjects, async (transaction) => {
      for (const { id, source } of changed) await transaction.updateOpen(id, source.toReservation());
      await transaction.settle(batch.flatMap(({ openId, row }) => (openId ? [{ id: openId, row }] : [])));
      await transaction.insertRows(batch.flatMap(({ openId, row }) => (openId ? [] : [row])));
    });
    entries.splice(0, batch.length);
    for (const { id } of changed) notes.delete(toKey(id));
    onSettled(batch);
  };
  const writeAll = async () => {
    try {
      while (entries.length + notes.size > 0) await writeBatch();
      await refusals.write(store);
      failures = 0;
    } catch (error) {
      failures += 1;
      onFailure(error, { waiting: entries.length, lost });
      schedule(Math.min(retryMs.max, retryMs.first * 2 ** (failures - 1)));
    }
  };
  const write = (): Promise<void> => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (entries.length + notes.size > 0) schedule(failures > 0 ? retryMs.max : gatherMs);
    });
    return writing;
  };

  return {
    settle(entry) {
      if (entry.openId !== undefined) notes.delete(toKey(entry.openId));
      if (entries.length >= waitingRowsMax) {
        lost += 1;
        return;
      }
      entries.push(entry);
      schedule(gatherMs);
    },
    note(id, source) {
      notes.set(toKey(id), { id, source });
      schedule(gatherMs);
    },
    refuse(kind, of) {
      refusals.add(kind, of);
      schedule(refusalsMs);
    },
    waitingRows: () => entries.length,
    lostRows: () => lost,
    async close(timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      do {
        await write();
      } while (entries.length > 0 && performance.now() < deadlineMs);
      clearTimeout(timer);
      dueMs = Infinity;
    },
  };
}

function toKey({ replicaId, number }: OpenRequestId): string {
  return `${replicaId} ${number}`;
}

/** Refusals since the last write, by hour, key, model and endpoint. */
function createRefusalSums(now: () => number) {
  let sums = new Map<string, UsageSum>();
  return {
    add(kind: RefusalKind, of: Omit<UsageSum, 'refused' | 'hourMs'>) {
      const hourMs = toHourStart(now());
      const key = [hourMs, of.keyId, of.projectId, of.model, of.endpoint].join('\n');
      const before = sums.get(key)?.refused ?? { refusedByLimit: 0, refusedByBudget: 0, refusedOtherwise: 0 };
      if (sums.size >= refusalsMax && !sums.has(key)) return;
      sums.set(key, { ...of, hourMs, refused: { ...before, [kind]: before[kind] + 1 } });
    },
    async write(store: UsageStore) {
      if (sums.size === 0) return;
      const written = sums;
      sums = new Map();
      try {
        await store.addRefusals([...written.values()]);
      } catch (error) {
        // Few rows arrived meanwhile; these are as before.
        for (const [key, sum] of written) if (!sums.has(key)) sums.set(key, sum);
        throw error;
      }
    },
  };
}
