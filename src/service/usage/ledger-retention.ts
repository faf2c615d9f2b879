// Deletes what is too old to be kept: rows of the ledger, whose sums stay, buckets of limits, and entries of the audit log. In small slices with pauses between them, as
// SQLite deletes in the thread in which streams run.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyStore } from '../../store/key-store.ts';
import type { UsageStore } from '../../store/usage-store.ts';
import { dayMs } from './usage-span.ts';

/** Between two looks for old rows, in milliseconds. */
const lookMs = 60_000;

/** Rows that are deleted at once. */
export const sliceRowsMax = 100;

/** Between two slices, in milliseconds. */
const pauseMs = 50;

export interface LedgerRetentionOptions {
  readonly store: Pick<UsageStore, 'removeLedgerRows' | 'removeSpentBuckets'> &
    Pick<KeyStore, 'removeAuditEntries'>;
  /** Days for which rows are kept. */
  readonly usageRetentionDays: number;
  /** Days for which entries of the audit log are kept. */
  readonly auditRetentionDays: number;
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}

export interface LedgerRetention {
  /** Deletes what is old now, and says how many rows of the ledger that were. */
  run(): Promise<number>;
  /** Waits for the slice that is being deleted. */
  close(): Promise<void>;
}

/** Looks for old rows now, and again and again. */
export function startLedgerRetention(options: LedgerRetentionOptions): LedgerRetention {
  const { store, usageRetentionDays, auditRetentionDays, now, onFailure } = options;
  const closing = new AbortController();
  let running: Promise<number> | undefined;
  const removeAll = async (removeSlice: () => Promise<number>) => {
    let removed = 0;
    while (!closing.signal.aborted) {
      const slice = await removeSlice();
      removed += slice;
      if (slice < sliceRowsMax) break;
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    return removed;
  };
  const removeOld = async () => {
    const endedBeforeMs = now() - usageRetentionDays * dayMs;
    const rows = await removeAll(() => store.removeLedgerRows(endedBeforeMs, sliceRowsMax));
    await removeAll(() => store.removeSpentBuckets(sliceRowsMax));
    const changedBeforeMs = now() - auditRetentionDays * dayMs;
    await removeAll(() => store.removeAuditEntries(changedBeforeMs, sliceRowsMax));
    return rows;
  };
  const run = () => {
    running ??= removeOld().finally(() => {
      running = undefined;
    });
    return running;
  };
  const look = () => void run().catch(onFailure);
  const timer = setInterval(look, lookMs);
  timer.unref();
  look();
  return {
    run,
    close: async () => {
      closing.abort();
      clearInterval(timer);
      await running?.catch(() => undefined);
    },
  };
}
