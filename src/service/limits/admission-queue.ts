import { StoreError } from '../../store/store-error.ts';
import type { UsageStore } from '../../store/usage-store.ts';
import { unregisteredReplicaId } from '../usage/replica.ts';
import { isLate, withinMs } from '../within-ms.ts';
import {
  type AdmissionAsk,
  admitRequests,
  type ExtensionAsk,
  type LimitAnswer,
  type LimitAsk,
} from './admit-requests.ts';
import { batchByTurn } from './batch-by-turn.ts';

/** How long a request waits for the store in milliseconds: to be held against limits, or only to be found again. */
const waitMsMax = { limited: 1000, unlimited: 100 } as const;

export interface AdmissionQueue {
  /** undefined: the store did not take it, and no limit holds for it. @throws StoreError where one does */
  admit(asking: AdmissionAsk): Promise<LimitAnswer | undefined>;
  /** Tokens that were reserved in addition. @throws StoreError */
  extend(asking: ExtensionAsk): Promise<number>;
}

/** @param onFailure hears of a store that fails, where nobody else does */
export function createAdmissionQueue(store: UsageStore, onFailure: (error: unknown) => void): AdmissionQueue {
  const ask = batchByTurn<LimitAsk, LimitAnswer>((asks) => admitRequests(store, asks));
  const withdraw = async (asked: Promise<LimitAnswer>, { open }: AdmissionAsk) => {
    if ((await asked).kind !== 'admitted') return;
    await store.change([], (transaction) => transaction.withdraw(open.id));
  };
  return {
    async admit(asking) {
      const isLimited = asking.subjects.length > 0;
      const { replicaId } = asking.open.id;
      const asked = replicaId === unregisteredReplicaId ? failUnregistered() : ask(asking);
      try {
        const answer = await withinMs(isLimited ? waitMsMax.limited : waitMsMax.unlimited, asked);
        if (!isLate(answer)) return answer;
        // What is reserved after all has nobody to settle it.
        withdraw(asked, asking).catch(onFailure);
        throw createOutage('The database did not answer in time.');
      } catch (error) {
        if (isLimited) throw error;
        onFailure(error);
        return undefined;
      }
    },

    async extend(asking) {
      const extended = await ask(asking);
      return extended.kind === 'extended' ? extended.tokens : 0;
    },
  };
}

async function failUnregistered(): Promise<never> {
  throw createOutage('The database has not answered since the start.');
}

function createOutage(message: string): StoreError {
  return new StoreError('unavailable', message, undefined, { isOutage: true });
}
