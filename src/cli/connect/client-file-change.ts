import { constants } from 'node:fs';
import { copyFile, mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissingFile } from '../../catalog/is-missing-file.ts';
import { writeFileAtomically } from '../../catalog/write-file-atomically.ts';
import { changeText } from './change-text.ts';
import { UnchangeableError } from './change-value.ts';
import type { ClientFile } from './client.ts';

/** What a file is now, and what it will be. */
export interface ClientFileChange {
  readonly path: string;
  /** Undefined: there is no such file yet. */
  readonly before: string | undefined;
  readonly after: string;
}

export interface WrittenFile {
  readonly path: string;
  /** A copy of the file as it was. Undefined: there was none. */
  readonly backupPath: string | undefined;
}

/** A larger file is no configuration that a person wrote. */
const clientFileBytesMax = 4 * 1024 ** 2;

/** @throws Error if the file can't be read, or not be changed without losing something */
export async function planFileChange({ path, format, changes }: ClientFile): Promise<ClientFileChange> {
  const before = await readIfThere(path);
  try {
    return { path, before, after: changeText(format, before ?? '', changes) };
  } catch (error) {
    if (!(error instanceof UnchangeableError)) throw error;
    throw new Error(`Can't change ${path}: ${error.message}. Nothing was written.`);
  }
}

/**
 * Writes the file at once or not at all, and keeps a copy of the one before.
 * @throws Error if the file is not as it was planned
 */
export async function writeFileChange(
  { path, before, after }: ClientFileChange,
  nowMs: number,
): Promise<WrittenFile> {
  if ((await readIfThere(path)) !== before) {
    throw new Error(`${path} was changed in the meantime. It was not written; try again.`);
  }
  if (before === undefined) {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, after);
    return { path, backupPath: undefined };
  }
  // Many keep such files elsewhere and link to them: the link stays.
  const target = await realpath(path);
  const backupPath = `${path}.${new Date(nowMs).toISOString().replace(/[-:.]/g, '')}.bak`;
  await copyFile(target, backupPath, constants.COPYFILE_EXCL);
  const { mode } = await stat(target);
  await writeFileAtomically(target, after, mode & 0o777);
  return { path, backupPath };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > clientFileBytesMax) throw new Error(`it is larger than ${clientFileBytesMax} bytes`);
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Can't read ${path}: ${reason}. Nothing was written.`);
  }
}
