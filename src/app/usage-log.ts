import type { UsageSink } from '../service/usage/usage-record.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Logs the record of each request, for those who look for where its tokens and its time went. */
export function createUsageLog(logger: Logger): UsageSink {
  return {
    take: ({ caller, ...usage }) =>
      logger.debug({ keyId: caller.id, projectId: caller.projectId, ...usage }, 'usage'),
  };
}
