// Everything between a request and the ledger, put together: the door, the writer, and this process among the others.
import { createOutageError, type StoreError } from '../../store/store-error.ts';
import type { ReplicaPlace, UsageStore } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { type AdmissionService, createAdmissionService } from '../limits/admission.ts';
import type { OutageLimits } from '../limits/admission-queue.ts';
import type { PriceList } from '../limits/model-price.ts';
import { createLedgerSink } from './ledger-sink.ts';
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts';
import { startReplica, unregisteredReplicaId } from './replica.ts';
import type { UsageSink } from './usage-record.ts';

export interface MeteringOptions {
  readonly store: UsageStore;
  readonly place: ReplicaPlace;
  /** Whether a process of this machine is there; absent where processes of other machines share the store. */
  readonly isProcessAlive?: (processId: number) => boolean;
  readonly prices: PriceList;
  readonly reservationSliceTokens: number;
  /** Requests of keys with limits while the store does not answer. */
  readonly outageLimits: OutageLimits;
  /** Servers that share the store, 1 or more. */
  readonly replicaCount: number;
  /** Knows of outages of the store. Absent: each query finds out by itself. */
  readonly watch?: StoreOutages | undefined;
  /** The calendar, in milliseconds since 1970. */
  readonly now: () => number;
  /** A clock that never goes back, in milliseconds; `performance.now()` by default. */
  readonly elapsedMs?: () => number;
  /** Hears of each key with which something was spent, or that was refused for its budget. */
  readonly onSpent?: (key: KeyIdentity) => void;
  /** Hears of each request that was refused before a use case began. */
  readonly onEarlyRefusal?: () => void;
  readonly log: MeteringLog;
}

export interface StoreOutages {
  /** undefined: the store answers. */
  readonly failure: StoreError | undefined;
  /** Runs a task when the current outage is over, or at once. */
  onceAnswering(task: () => void): void;
}

/** Messages for the operator. */
export interface MeteringLog {
  /** Rows that could not be written yet: the first of several failures. */
  onLedgerFailure(error: unknown, rows: { readonly waiting: number }): void;
  /** Rows that never will be written, because this process ends. */
  onLedgerLoss(rows: number): void;
  /** A request whose row follows, although the store answers. */
  onAdmissionFailure(error: unknown): void;
  /** Requests of a dead process that were settled. */
  onSwept(requests: number): void;
  /** This process could not say that it is alive, or sweep. */
  onReplicaFailure(error: unknown): void;
}

export interface Metering {
  readonly admissions: AdmissionService;
  readonly sink: UsageSink;
  readonly writer: LedgerWriter;
  /** Writes what has ended; gives up after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** @throws StoreError */
export async function startMetering(options: MeteringOptions): Promise<Metering> {
  const { store, place, isProcessAlive, prices, reservationSliceTokens, now, log } = options;
  const { onSpent = () => undefined, onEarlyRefusal = () => undefined } = options;
  const replica = await startReplica({
    store,
    place,
    now,
    onSwept: log.onSwept,
    onFailure: log.onReplicaFailure,
    ...(isProcessAlive === undefined ? {} : { isProcessAlive }),
  });
  const { watch } = options;
  const resume = createResumption(watch, () => {
    replica.beat();
    writer.flush();
  });
  const writer: LedgerWriter = createLedgerWriter({
    store,
    now,
    replicaId: () => assertRegistered(replica.id()),
    onFailure: (error, rows) => {
      log.onLedgerFailure(error, rows);
      resume();
    },
    onSettled: (entries) => {
      admissions.forget([...new Set(entries.flatMap(({ subjects }) => subjects))]);
      for (const { key } of entries) onSpent(key);
    },
  });
  const admissions: AdmissionService = createAdmissionService({
    store,
    prices,
    now,
    reservationSliceTokens,
    ...(options.elapsedMs === undefined ? {} : { elapsedMs: options.elapsedMs }),
    replicaId: () => replica.id(),
    outageLimits: options.outageLimits,
    replicaCount: options.replicaCount,
    isStoreAnswering: () => watch?.failure === undefined,
    rows: writer,
    onEarlyRefusal: ({ id: keyId, projectId }, endpoint) => {
      onEarlyRefusal();
      writer.refuse('refusedByLimit', { keyId, projectId, endpoint, model: '' });
    },
    onFailure: log.onAdmissionFailure,
  });
  return {
    admissions,
    sink: createLedgerSink(writer, now, onSpent),
    writer,
    close: async (timeoutMs) => {
      const lost = await writer.close(timeoutMs);
      if (lost > 0) log.onLedgerLoss(lost);
      await replica.close().catch(log.onReplicaFailure);
    },
  };
}

/** Has work resumed when the current outage is over. Once for each outage, however often it is called. */
function createResumption(watch: StoreOutages | undefined, work: () => void): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting || watch?.failure === undefined) return;
    isWaiting = true;
    watch.onceAnswering(() => {
      isWaiting = false;
      work();
    });
  };
}

function assertRegistered(replicaId: number): number {
  if (replicaId !== unregisteredReplicaId) return replicaId;
  throw createOutageError('The database has not answered since the start.');
}
