import type { UsageStore } from '../../store/usage-store.ts';

/** Rows of the ledger are kept for so long, in milliseconds: 90 days. Hourly sums are kept for ever. */
const rowsKeptMs = 90 * 24 * 60 * 60_000;

/** Between two slices of what is to be removed, in milliseconds. */
const sliceIntervalMs = 10_000;

/** Rows in one slice: a few milliseconds of work, which no stream notices. */
const sliceRowsMax = 500;

/** Removes old rows and buckets, a slice at a time; answers with what stops it. */
export function startCleaning(
  store: UsageStore,
  now: () => number,
  onFailure: (error: unknown) => void,
): () => void {
  const clean = async () => {
    await store.removeSpentBuckets(sliceRowsMax);
    await store.removeLedgerRows(now() - rowsKeptMs, sliceRowsMax);
  };
  const timer = setInterval(() => void clean().catch(onFailure), sliceIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
