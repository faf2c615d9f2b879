import {
  ensureFirstKey,
  type FirstKeyOptions,
  type FirstKeyOutcome,
  postponedFirstKey,
} from '../service/keys/first-key.ts';
import { StoreWatch } from '../store/store-watch.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Watches the database of a server, and logs each change once. */
export function createStoreWatch(logger: Logger): StoreWatch {
  return new StoreWatch({
    onChange({ failure }) {
      if (failure === undefined) logger.info('the database answers again');
      else logger.error({ err: failure }, 'the database does not answer; the server tries to reach it again');
    },
  });
}

/** The first key, also where the database does not answer at the start: then it follows later, and is only logged. */
export async function ensureFirstKeyInTime(
  options: FirstKeyOptions,
  watch: StoreWatch,
  logger: Logger,
): Promise<FirstKeyOutcome> {
  try {
    return await ensureFirstKey(options);
  } catch (error) {
    if (watch.failure === undefined) throw error;
  }
  watch.onceAnswering(() => void ensureFirstKeyLater(options, logger));
  return postponedFirstKey;
}

async function ensureFirstKeyLater(options: FirstKeyOptions, logger: Logger): Promise<void> {
  const keyFile = options.keyFile.path;
  try {
    const { kind } = await ensureFirstKey(options);
    logger.info({ firstKey: kind, keyFile }, 'the first API key was checked');
  } catch (error) {
    logger.error({ err: error, keyFile }, 'the first API key could not be checked');
  }
}
