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
  /** The backup file, readable for its owner only. */
  readonly to: string;
  /** Whether it may replace an existing file. */
  readonly isForced: boolean;
}

/**
 * Writes a consistent snapshot of the database, including its write-ahead log, to one file. Writers continue
 * meanwhile. The file appears complete or not at all. Resolves with its size in bytes.
 *
 * Throws a `StoreError` whose message names the file and the remedy.
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

/**
 * VACUUM INTO reads in one transaction, and accepts an existing empty file
 * (https://www.sqlite.org/lang_vacuum.html).
 */
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
