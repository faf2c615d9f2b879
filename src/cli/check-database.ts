import { inspectDatabase } from '../app.ts';
import type { Config } from '../config/config.ts';
import type { CheckFinding } from './doctor-check.ts';
import { toMegabytes } from './doctor-check.ts';

/** Reads it whole: a damaged page shows only when it is read. */
export async function checkDatabase(config: Config): Promise<CheckFinding> {
  const found = await inspectDatabase(config);
  return found === undefined
    ? { status: 'ok', message: 'There is no database yet; the first `gravix serve` makes one.' }
    : { status: 'ok', message: `The database ${found.path} (${toMegabytes(found.sizeBytes)}) is in order.` };
}
