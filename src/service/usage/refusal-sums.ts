import { type RefusalKind, toHourStart, type UsageSum } from '../../store/ledger-row.ts';
import type { UsageStore } from '../../store/usage-store.ts';

/** Different refusals between two writes. */
const refusalsMax = 10_000;

export interface RefusalSums {
  add(kind: RefusalKind, of: Omit<UsageSum, 'refused' | 'hourMs'>): void;
  /** @throws StoreError; they stay then */
  write(store: Pick<UsageStore, 'addRefusals'>): Promise<void>;
}

/** Refusals since the last write, by hour, key, model and endpoint. */
export function createRefusalSums(now: () => number): RefusalSums {
  let sums = new Map<string, UsageSum>();
  return {
    add(kind, of) {
      const hourMs = toHourStart(now());
      const key = [hourMs, of.keyId, of.projectId, of.model, of.endpoint].join('\n');
      const before = sums.get(key)?.refused ?? { refusedByLimit: 0, refusedByBudget: 0, refusedOtherwise: 0 };
      if (sums.size >= refusalsMax && !sums.has(key)) return;
      sums.set(key, { ...of, hourMs, refused: { ...before, [kind]: before[kind] + 1 } });
    },
    async write(store) {
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
