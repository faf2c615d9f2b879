// The claims that this process holds, and what is written without a request that waits for it.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IdempotencyStore } from '../../store/idempotency-store.ts';
import { withinMs } from '../within-ms.ts';

export interface ClaimKeeperOptions {
  readonly store: Pick<IdempotencyStore, 'renew' | 'removeExpired'>;
  readonly claimMsMax: number;
  readonly answerMsMax: number;
  readonly onFailure: (error: unknown) => void;
}

export interface ClaimKeeper {
  hold(claimId: string): void;
  letGo(claimId: string): void;
  /** Reports the failure of work that nothing waits for; `close` waits for it. */
  track(work: Promise<unknown>): void;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** How often what is too old is removed, in milliseconds. */
const pruneIntervalMs = 10 * 60_000;

/** How long the end waits for a store that hangs, in milliseconds. */
const closeMsMax = 2000;

/** Rows that are removed in one go: other queries get their turn in between. */
const sliceMax = 50;

export function createClaimKeeper(options: ClaimKeeperOptions): ClaimKeeper {
  const { store, claimMsMax, answerMsMax, onFailure } = options;
  const held = new Set<string>();
  const pending = new Set<Promise<unknown>>();
  const timers: NodeJS.Timeout[] = [];
  let isPruning = false;
  const track = (work: Promise<unknown>) => {
    const settled: Promise<unknown> = work.catch(onFailure).finally(() => pending.delete(settled));
    pending.add(settled);
  };
  const renew = async () => {
    if (held.size > 0) await store.renew([...held], claimMsMax);
  };
  const prune = async () => {
    if (isPruning) return;
    isPruning = true;
    try {
      while ((await store.removeExpired(answerMsMax, sliceMax)) === sliceMax) await nextTurn();
    } catch (error) {
      onFailure(error);
    } finally {
      isPruning = false;
    }
  };
  return {
    hold: (claimId) => held.add(claimId),
    letGo: (claimId) => held.delete(claimId),
    track,
    async start() {
      timers.push(setInterval(() => track(renew()), claimMsMax / 3).unref());
      timers.push(setInterval(() => track(prune()), pruneIntervalMs).unref());
      await prune();
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await withinMs(closeMsMax, Promise.all(pending));
    },
  };
}
