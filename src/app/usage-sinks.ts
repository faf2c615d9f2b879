import type { UsageSink } from '../service/usage/usage-record.ts';
import type { Logger } from '../telemetry/logger.ts';

/** One sink that hands each record to several. One that fails is logged, and the others get the record all the same. */
export function joinUsageSinks(sinks: readonly UsageSink[], logger: Pick<Logger, 'error'>): UsageSink {
  return {
    take: (record, admission) => {
      for (const sink of sinks) {
        try {
          sink.take(record, admission);
        } catch (error) {
          logger.error({ err: error, requestId: record.requestId }, 'a usage record was not taken');
        }
      }
    },
  };
}

/** Logs each record, for operators who look for where the tokens and the time of a request went. */
export function createUsageLog(logger: Pick<Logger, 'debug' | 'isLevelEnabled'>): UsageSink {
  return {
    take: (record) => {
      // A copy for a line that is not written would cost each request as much as its row.
      if (!logger.isLevelEnabled('debug')) return;
      const { caller, ...usage } = record;
      logger.debug({ keyId: caller.id, projectId: caller.projectId, ...usage }, 'usage');
    },
  };
}
