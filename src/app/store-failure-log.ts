import { isOutage } from '../store/store-error.ts';
import type { Logger } from '../telemetry/logger.ts';

/** How long the same failure is only counted after its line, in milliseconds. */
export const countedMs = 60_000;

export type FailureFields = Readonly<Record<string, unknown>>;

/**
 * Writes that the store failed at something. Each request may meet the same failure, for example while the disk is full: the
 * first one and each other cause have a line, and then one line a minute has the number of further ones in `repeated`. An
 * outage of the store has its own lines.
 */
export function createStoreFailureLog(
  logger: Pick<Logger, 'warn' | 'error'>,
  message: string,
  level: 'warn' | 'error' = 'warn',
): (error: unknown, fields?: FailureFields) => void {
  let cause = '';
  let repeated = 0;
  let latest: FailureFields = {};
  let timer: NodeJS.Timeout | undefined;
  const write = (fields: FailureFields) => {
    logger[level](repeated === 0 ? fields : { ...fields, repeated }, message);
    repeated = 0;
    clearTimeout(timer);
    timer = setTimeout(endMinute, countedMs).unref();
  };
  const endMinute = () => {
    timer = undefined;
    if (repeated > 0) write(latest);
  };
  return (error, more = {}) => {
    if (isOutage(error)) return;
    const fields = { err: error, ...more };
    const isSame = timer !== undefined && cause === String(error);
    if (isSame) {
      repeated += 1;
      latest = fields;
      return;
    }
    if (repeated > 0) write(latest);
    cause = String(error);
    write(fields);
  };
}
