import { createOutageError, isOutage, StoreError } from '../../store/store-error.ts';
import type { OpenRequestId, UsageStore } from '../../store/usage-store.ts';
import { unregisteredReplicaId } from '../usage/replica.ts';
import { isLate, withinMs } from '../within-ms.ts';
import type { AdmissionRows } from './admission-rows.ts';
import {
  type AdmissionAsk,
  admitRequests,
  type ExtensionAsk,
  type LimitAnswer,
  type LimitAsk,
  type MachineExtensionAsk,
} from './admit-requests.ts';
import { batchByTurn } from './batch-by-turn.ts';
import type { LocalAdmissions } from './local-admission.ts';
import type { LocalUsage } from './local-usage.ts';

/**
 * How long a request waits for a store that answers slowly, in milliseconds: to be held against limits, or only to be
 * found again. A store that hangs fails sooner.
 */
const waitMsMax = { limited: 1000, unlimited: 100 } as const;

/**
 * Requests of keys with limits while the store does not answer: each server lets in its share, or all are refused.
 */
export const outageLimitModes = ['local', 'refuse'] as const;

export type OutageLimits = (typeof outageLimitModes)[number];

export interface QueuedAnswer {
  readonly answer: Exclude<LimitAnswer, { kind: 'extended' }>;
  readonly id: OpenRequestId;
  /** The store decided. `maybe`: its answer failed or came late, so that the request may have its row. */
  readonly isStored: 'yes' | 'no' | 'maybe';
}

export interface AdmissionQueue {
  /** `toAsk`: the request under this id. @throws StoreError if its limits can't be checked */
  admit(toAsk: (id: OpenRequestId) => AdmissionAsk): Promise<QueuedAnswer>;
  /**
   * Tokens, or the cost of machine time, that were reserved in addition. `isStored`: the store knows of the request.
   *
   * @throws StoreError
   */
  extend(asking: ExtensionAsk | MachineExtensionAsk, isStored: boolean): Promise<number>;
}

export interface AdmissionQueueOptions {
  readonly store: UsageStore;
  readonly usage: LocalUsage;
  readonly local: LocalAdmissions;
  readonly outageLimits: OutageLimits;
  /** A new one, unique. */
  readonly nextId: () => OpenRequestId;
  readonly isStoreAnswering: () => boolean;
  readonly rows: Pick<AdmissionRows, 'withdraw' | 'isBehind' | 'assertRoom'>;
  /** Hears of a store that answers and fails. */
  readonly onFailure: (error: unknown) => void;
}

export function createAdmissionQueue(options: AdmissionQueueOptions): AdmissionQueue {
  const { store, usage, local, rows, nextId, isStoreAnswering } = options;
  const ask = batchByTurn<LimitAsk, LimitAnswer>((asks) => admitRequests(store, asks));

  const admitLocally = async (asking: AdmissionAsk, cause?: StoreError) => {
    if (asking.subjects.length > 0 && options.outageLimits === 'refuse') throw cause ?? createOutageError();
    rows.assertRoom();
    return await local.admit(asking);
  };
  const admitByStore = async (asking: AdmissionAsk, msMax: number) => {
    const { id } = asking.open;
    const answer = await withinMs(msMax, ask(asking));
    if (isLate(answer) || answer.kind === 'extended') throw createSlowError();
    if (answer.kind === 'admitted') usage.begin(id.number, asking.subjects, answer.decision.reserved);
    usage.learn(answer.used);
    return answer;
  };
  /** Under the same id: then the row that the store may have is taken for that of this request. */
  const admitAfterFailure = async (asking: AdmissionAsk, error: unknown) => {
    const outage = isOutage(error) ? error : undefined;
    try {
      if (outage === undefined && asking.subjects.length > 0) throw error;
      if (isStoreAnswering()) options.onFailure(error);
      const answer = await admitLocally(asking, outage);
      if (answer.kind === 'refused') rows.withdraw(asking.open.id);
      return answer;
    } catch (failure) {
      rows.withdraw(asking.open.id);
      throw failure;
    }
  };
  return {
    async admit(toAsk) {
      const id = nextId();
      const asking = toAsk(id);
      const isLimited = asking.subjects.length > 0;
      const isBehind = isLimited && rows.isBehind(asking.subjects.map(({ subject }) => subject));
      if (isBehind || !isStoreAnswering() || id.replicaId === unregisteredReplicaId) {
        return { answer: await admitLocally(asking), id, isStored: 'no' };
      }
      try {
        const answer = await admitByStore(asking, isLimited ? waitMsMax.limited : waitMsMax.unlimited);
        return { answer, id, isStored: 'yes' };
      } catch (error) {
        return { answer: await admitAfterFailure(asking, error), id, isStored: 'maybe' };
      }
    },

    async extend(asking, isStored) {
      if (isStored && isStoreAnswering()) {
        try {
          const extended = await ask(asking);
          const granted = extended.kind === 'extended' ? extended.granted : 0;
          if (granted > 0) usage.change(asking.id.number, asking.toReservation(granted).reserved);
          return granted;
        } catch (error) {
          if (!isOutage(error)) throw error;
        }
      }
      return await local.extend(asking);
    },
  };
}

function createSlowError(): StoreError {
  return new StoreError('busy', 'The database did not answer in time.');
}
