import { existsSync } from 'node:fs';
import { copyFile, open, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import Libsql from 'libsql';
import { newestVersion } from '../sql/migrations.ts';
import { StoreError } from '../store-error.ts';
import { applicationId } from './migrate.ts';
import { replaceFile } from './replace-file.ts';
import { toStoreError } from './to-store-error.ts';

/** A process that only looks is waited for, in milliseconds; a server never lets go. */
const busyTimeoutMs = 250;

export interface RestoreOptions {
  /** The backup. */
  readonly from: string;
  /** The database that it becomes. */
  readonly to: string;
  /** Whether it may replace an existing database. No server may be using it. */
  readonly isForced: boolean;
}

/**
 * Replaces the database with a backup. The backup is first copied and checked next to the database, and then
 * replaces it in one step.
 *
 * Throws a `StoreError` if the file is not a Gravix backup, is from a newer version or damaged, if a server
 * uses the database, or if a database exists and `isForced` is not set.
 */
export async function restoreDatabase({ from, to, isForced }: RestoreOptions): Promise<void> {
  const source = resolve(from);
  const target = resolve(to);
  await assertBackup(source);
  if (existsSync(target)) {
    assertUnused(target);
    if (!isForced) {
      throw new StoreError('unavailable', `There is a database ${target} already. --force replaces it.`);
    }
  }
  try {
    await replaceFile({
      target,
      folderMode: 0o700,
      write: async (staged) => {
        await copyFile(source, staged);
        assertSound(source, staged);
      },
      beforeReplacing: () => removeLog(target),
    });
  } catch (error) {
    throw describe(source, target, error);
  }
}

/** A log that belongs to the old database would be read into the new one. */
async function removeLog(target: string): Promise<void> {
  for (const suffix of ['-wal', '-shm']) await rm(`${target}${suffix}`, { force: true });
}

/** By its header, before anything else is done with it (https://www.sqlite.org/fileformat.html#the_database_header). */
async function assertBackup(source: string): Promise<void> {
  const header = await readHeader(source);
  const isSqlite = header.length === headerBytes && header.toString('latin1', 0, 16) === 'SQLite format 3\0';
  if (!isSqlite || header.readUInt32BE(68) !== applicationId) {
    throw new StoreError('corrupt', `The file ${source} is not a backup of a Gravix database.`);
  }
  const version = header.readUInt32BE(60);
  if (version > newestVersion) {
    throw new StoreError(
      'newer_version',
      `A newer version of Gravix wrote ${source} (schema ${version}; this version knows ${newestVersion}). Restore it with that version.`,
    );
  }
  const log = await stat(`${source}-wal`).catch(() => undefined);
  if (log !== undefined && log.size > 0) {
    throw new StoreError(
      'unavailable',
      `The file ${source} is a database in use: a part of it is still in ${source}-wal. Make a backup of it with \`gravix backup\`.`,
    );
  }
}

const headerBytes = 100;

async function readHeader(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new StoreError('unavailable', `The backup ${file} can't be read${reason}.`, error);
  }
}

/**
 * Only the sole process with an open database can leave WAL mode. A database that can't be opened at all is
 * not in use.
 */
function assertUnused(target: string): void {
  try {
    const connection = new Libsql(target, { timeout: busyTimeoutMs });
    try {
      connection.prepare('PRAGMA journal_mode = DELETE').all();
    } finally {
      connection.close();
    }
  } catch (error) {
    const failure = toStoreError(error);
    if (failure instanceof StoreError && failure.code === 'busy') {
      throw new StoreError(
        'busy',
        `The database ${target} is in use. Stop the server that serves from it, then restore.`,
        error,
      );
    }
  }
}

function assertSound(source: string, staged: string): void {
  const connection = new Libsql(staged);
  try {
    const [row] = connection.prepare('PRAGMA integrity_check(1)').all();
    if (JSON.stringify(row) !== '{"integrity_check":"ok"}') throw createDamageError(source);
    // A copy of a server's database file shows that it has a log next to it.
    connection.prepare('PRAGMA journal_mode = DELETE').all();
  } catch (error) {
    const failure = toStoreError(error);
    throw failure instanceof StoreError && failure.code === 'corrupt' ? createDamageError(source) : failure;
  } finally {
    connection.close();
  }
}

function createDamageError(source: string): StoreError {
  return new StoreError('corrupt', `The backup ${source} is damaged. The database was left as it is.`);
}

function describe(source: string, target: string, error: unknown): unknown {
  if (error instanceof StoreError && error.code === 'corrupt') return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof StoreError ? error.code : 'unavailable';
  return new StoreError(code, `The backup ${source} could not be restored to ${target}. ${reason}`, error);
}
