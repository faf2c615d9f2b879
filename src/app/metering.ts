import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import type { Metrics } from '../metrics/create-metrics.ts';
import type { AdmissionService } from '../service/limits/admission.ts';
import type { PriceList } from '../service/limits/model-price.ts';
import { startLedgerRetention } from '../service/usage/ledger-retention.ts';
import type { LedgerWriter } from '../service/usage/ledger-writer.ts';
import { startMetering } from '../service/usage/metering.ts';
import { createUseCaseFrame, type UseCaseFrame } from '../service/usage/use-case.ts';
import type { StoreWatch } from '../store/store-watch.ts';
import type { Logger } from '../telemetry/logger.ts';
import { startBudgetNotices } from './budget-notices.ts';
import type { OpenedStores } from './open-stores.ts';
import { createStoreFailureLog } from './store-failure-log.ts';
import { createUsageLog, joinUsageSinks } from './usage-sinks.ts';

/** How long the rows of requests that have just ended are written, in milliseconds. */
const closeMsMax = 5000;

/** The frame of every use case, with what it limits and where its records go. */
export interface ServerMetering {
  readonly frame: UseCaseFrame;
  readonly admissions: AdmissionService;
  /** Rows that are to be written. */
  readonly writer: Pick<LedgerWriter, 'waitingRows' | 'oldestEndedAtMs'>;
  /** Writes the rows of requests that have ended, and stops deleting old ones. */
  close(): Promise<void>;
}

export interface MeteringListeners {
  readonly watch: StoreWatch;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'sink' | 'noteEarlyRefusal'>;
}

/** @throws StoreError */
export async function startServerMetering(
  config: Config,
  { usage: store, budgetNotices, keys }: Pick<OpenedStores, 'usage' | 'budgetNotices' | 'keys'>,
  prices: PriceList,
  { watch, logger, metrics }: MeteringListeners,
): Promise<ServerMetering> {
  const { databaseUrl, reservationSliceTokens, usageRetentionDays, outageLimits } = config;
  const notices = startBudgetNotices(config, budgetNotices, logger);
  const { admissions, sink, writer, close } = await startMetering({
    store,
    watch,
    reservationSliceTokens,
    outageLimits,
    // A SQLite file has one server.
    replicaCount: databaseUrl === undefined ? 1 : config.replicaCount,
    now: Date.now,
    place: { host: hostname(), processId: process.pid },
    // Only on this machine; a database that several machines use may know the same name twice.
    ...(databaseUrl === undefined ? { isProcessAlive } : {}),
    prices,
    onSpent: notices.note,
    onEarlyRefusal: metrics.noteEarlyRefusal,
    log: {
      onLedgerFailure: createStoreFailureLog(logger, 'rows of the ledger were not written', 'error'),
      onLedgerLoss: (rows) =>
        logger.error({ rows }, 'rows of the ledger are lost: the database did not answer until the end'),
      onAdmissionFailure: createStoreFailureLog(logger, 'a request began before its row was in the database'),
      onSwept: (requests) => logger.warn({ requests }, 'requests of a process that ended were settled'),
      onReplicaFailure: createStoreFailureLog(logger, 'this server could not report to the store'),
    },
  });
  const retention = startLedgerRetention({
    store: { ...store, removeAuditEntries: keys.removeAuditEntries },
    usageRetentionDays,
    auditRetentionDays: config.auditRetentionDays,
    now: Date.now,
    onFailure: createStoreFailureLog(logger, 'old rows of the ledger and the audit log could not be deleted'),
  });
  return {
    frame: createUseCaseFrame(
      joinUsageSinks([createUsageLog(logger), metrics.sink, sink], logger),
      admissions,
    ),
    admissions,
    writer,
    close: async () => {
      await retention.close();
      await close(closeMsMax);
      await notices.close();
    },
  };
}

function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
