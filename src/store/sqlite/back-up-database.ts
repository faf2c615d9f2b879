import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import Libsql from 'libsql';
import { StoreError } from '../store-error.ts';
import { assertOursBeforeWriting } from './migrate.ts';
import { replaceFile } from './replace-file.ts';
import { toStoreError } from './to-store-error.ts';

/** How long a backup waits for another process's lock, in milliseconds. */
const busyTimeoutMs = 5000;

export interface BackupOptions {
  /** The database, which a server may be using. */
  readonly from: string;
  /** The file that is made, readable for its owner only. */
  readonly to: string;
  /** Whether it may replace a file that is there. */
  readonly isForced: boolean;
}

/**
 * Writes one file that has everything: what the database holds at one moment, its write-ahead log included. Writers go
 * on meanwhile. The file appears whole or not at all. Resolves with its size in bytes.
 *
 * Throws a `StoreError` whose message names the file and the way out.
 */
export async function backUpDatabase({ from, to, isForced }: BackupOptions): Promise<number> {
  const source = resolve(from);
  const target = resolve(to);
  if (!existsSync(source)) {
    throw new StoreError('unavailable', `There is no database ${source} yet, and nothing to back up.`);
  }
  if (!isForced && existsSync(target)) {
    throw new StoreError('unavailable', `There is a file ${target} already. --force replaces it.`);
  }
  try {
    await replaceFile({ target, write: async (staged) => copyInto(source, staged) });
    return (await stat(target)).size;
  } catch (error) {
    throw describe(source, target, toStoreError(error));
  }
}

/** VACUUM INTO reads in one transaction, and takes an empty file that is there (https://www.sqlite.org/lang_vacuum.html). */
function copyInto(source: string, staged: string): void {
  const connection = new Libsql(source, { timeout: busyTimeoutMs });
  try {
    assertOursBeforeWriting(connection);
    connection.prepare('VACUUM INTO ?').run(staged);
  } finally {
    connection.close();
  }
}

function describe(source: string, target: string, error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return new StoreError(
    error.code,
    `The database ${source} could not be backed up to ${target}. ${error.message}`,
    error,
  );
}
