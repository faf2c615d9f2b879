import { inspectDatabase } from '../app/inspect-database.ts';
import type { Config } from '../config/config.ts';
import type { CheckFinding } from './doctor-check.ts';
import { toMegabytes } from './doctor-check.ts';

/** Reads a file whole: a damaged page shows only when it is read. */
export async function checkDatabase(config: Config): Promise<CheckFinding> {
  const found = await inspectDatabase(config);
  switch (found?.kind) {
    case undefined:
      return { status: 'ok', message: 'There is no database yet; the first `gravix serve` creates it.' };
    case 'sqlite':
      return {
        status: 'ok',
        message: `The database ${found.path} (${toMegabytes(found.sizeBytes)}) is intact.`,
      };
    case 'postgres':
      return {
        status: 'ok',
        message: `The Postgres database ${found.place} answers, and has the tables of this version.`,
      };
  }
}
