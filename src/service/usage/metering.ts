// Everything between a request and the ledger, put together: the door, the writer, and this process among the others.
import type { ReplicaPlace, UsageStore } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { type AdmissionService, createAdmissionService } from '../limits/admission.ts';
import type { PriceList } from '../limits/model-price.ts';
import { createLedgerSink } from './ledger-sink.ts';
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts';
import { startReplica } from './replica.ts';
import type { UsageSink } from './usage-record.ts';

export interface MeteringOptions {
  readonly store: UsageStore;
  readonly place: ReplicaPlace;
  /** Whether a process of this machine is there; absent where processes of other machines share the store. */
  readonly isProcessAlive?: (processId: number) => boolean;
  readonly prices: PriceList;
  readonly reservationSliceTokens: number;
  /** The calendar, in milliseconds since 1970. */
  readonly now: () => number;
  /** A clock that never goes back, in milliseconds; `performance.now()` by default. */
  readonly elapsedMs?: () => number;
  /** Hears of each key with which something was spent, or that was refused for its budget. */
  readonly onSpent?: (key: KeyIdentity) => void;
  readonly log: MeteringLog;
}

/** Messages for the operator. */
export interface MeteringLog {
  /** Rows that could not be written yet, or never will be. */
  onLedgerFailure(error: unknown, rows: { readonly waiting: number; readonly lost: number }): void;
  /** A request without limits that runs without a row to find it by. */
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
  const { onSpent = () => undefined } = options;
  const replica = await startReplica({
    store,
    place,
    now,
    onSwept: log.onSwept,
    onFailure: log.onReplicaFailure,
    ...(isProcessAlive === undefined ? {} : { isProcessAlive }),
  });
  const writer: LedgerWriter = createLedgerWriter({
    store,
    now,
    onFailure: log.onLedgerFailure,
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
    note: (id, meter) => writer.note(id, meter),
    onEarlyRefusal: ({ id: keyId, projectId }, endpoint) =>
      writer.refuse('refusedByLimit', { keyId, projectId, endpoint, model: '' }),
    onFailure: log.onAdmissionFailure,
  });
  return {
    admissions,
    sink: createLedgerSink(writer, now, onSpent),
    writer,
    close: async (timeoutMs) => {
      await writer.close(timeoutMs);
      await replica.close().catch(log.onReplicaFailure);
    },
  };
}
