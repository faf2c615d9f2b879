// This process among those that serve from one store: it says that it is alive, and settles what dead ones left.

import { isOutage } from '../../store/store-error.ts';
import type { Replica, ReplicaPlace, UsageStore, UsageSubject } from '../../store/usage-store.ts';
import { toInterruptedRow } from './to-ledger-row.ts';

/** How often a process says that it is alive, in milliseconds. */
const beatMs = 2000;

/**
 * A replica that was silent for this long counts as dead, in milliseconds: it hangs, or its machine is gone. Where the store
 * is shared, the process that finds out has to have had answers for as long.
 */
export const silentMsMax = 15_000;

/** After such a pause between two answers of the store to this process, in milliseconds, nobody could say anything. */
const answerPauseMsMax = 3 * beatMs;

/** Requests that are swept in one transaction. */
const sweptAtOnceMax = 100;

/** No process has this number. */
export const unregisteredReplicaId = 0;

export interface ReplicaOptions {
  readonly store: UsageStore;
  readonly place: ReplicaPlace;
  /** Whether a process of this machine exists. Absent for other machines, where only the silence shows it. */
  readonly isProcessAlive?: (processId: number) => boolean;
  readonly now: () => number;
  /** Hears how many requests a dead process left. */
  readonly onSwept: (requests: number) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface ServingReplica {
  /** `unregisteredReplicaId` until the store has answered once. */
  id(): number;
  /** Says now that this process is alive, such as when the store answers again. */
  beat(): void;
  /** Settles what dead processes left, and says how many requests that were. */
  sweep(): Promise<number>;
  /** After its requests are settled. */
  close(): Promise<void>;
}

/**
 * Registers this process, and settles what was left before it serves. During an outage both follow when the store answers.
 *
 * @throws StoreError
 */
export async function startReplica(options: ReplicaOptions): Promise<ServingReplica> {
  const { store, place, onFailure } = options;
  let id = unregisteredReplicaId;
  const contact = createContact();
  const sweep = async () => {
    contact.note();
    return await sweepDeadReplicas(options, id, contact.lastsMs());
  };
  try {
    id = await store.registerReplica(place);
    await sweep();
  } catch (error) {
    if (!isOutage(error)) throw error;
    onFailure(error);
  }
  let isBusy = false;
  const beat = async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      // It hung for so long that another process settled its requests. New requests belong to a new replica.
      if (!(await store.beat(id))) id = await store.registerReplica(place);
      await sweep();
    } catch (error) {
      contact.lose();
      onFailure(error);
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void beat(), beatMs);
  timer.unref();
  return {
    id: () => id,
    beat: () => void beat(),
    sweep,
    close: async () => {
      clearInterval(timer);
      await store.removeReplica(id);
    },
  };
}

/**
 * How long the store has answered this process without a pause. During an outage no process could say that it is alive:
 * until all have had the time to, silence tells nothing.
 */
function createContact() {
  let sinceMs = Number.NaN;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    note() {
      const nowMs = performance.now();
      if (nowMs - lastMs > answerPauseMsMax) sinceMs = nowMs;
      lastMs = nowMs;
    },
    lose() {
      lastMs = Number.NEGATIVE_INFINITY;
    },
    lastsMs: () => performance.now() - sinceMs,
  };
}

async function sweepDeadReplicas(options: ReplicaOptions, ownId: number, contactMs: number): Promise<number> {
  const { store, onSwept } = options;
  let swept = 0;
  for (const replica of await store.listReplicas()) {
    if (replica.id === ownId || !isDead(replica, options, contactMs)) continue;
    swept += await sweepReplica(replica, options);
    await store.removeReplica(replica.id);
  }
  if (swept > 0) onSwept(swept);
  return swept;
}

function isDead(
  { host, processId, silentMs }: Replica,
  { place, isProcessAlive }: Pick<ReplicaOptions, 'place' | 'isProcessAlive'>,
  contactMs: number,
): boolean {
  const isSilent = silentMs > silentMsMax;
  if (isProcessAlive === undefined) return isSilent && contactMs > silentMsMax;
  if (isSilent) return true;
  if (host !== place.host) return false;
  // In a container every process has the number 1: an earlier one with ours is gone.
  return processId === place.processId || !isProcessAlive(processId);
}

async function sweepReplica({ id }: Replica, { store, now }: ReplicaOptions): Promise<number> {
  let swept = 0;
  for (;;) {
    const left = await store.listOpenRequests(id, sweptAtOnceMax);
    if (left.length === 0) return swept;
    const subjects = left.flatMap(({ keyId, projectId }): UsageSubject[] => [
      `key:${keyId}`,
      `project:${projectId}`,
    ]);
    const settled = await store.change([...new Set(subjects)], (transaction) =>
      transaction.settle(left.map((open) => ({ id: open.id, row: toInterruptedRow(open, now()) }))),
    );
    swept += settled.length;
  }
}
