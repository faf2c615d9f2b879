import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreError } from './store-error.ts';

/** A key and a line end need 47 bytes; more than this is some other file. */
const keyFileBytesMax = 1024;

/** The file with the plain key that the local command line uses (`GRAVIX_HOME/key`). */
export interface KeyFile {
  readonly path: string;
  /** The content without surrounding white space. Undefined if there is no file. */
  read(): Promise<string | undefined>;
  /** Writes the file with mode 0600. Answers false, and changes nothing, when there is one already. */
  writeOnce(key: string): Promise<boolean>;
  /** Writes the file with mode 0600 in place of one that is there. A reader finds the old or the new content. */
  replace(key: string): Promise<void>;
}

export function createKeyFile(path: string): KeyFile {
  return {
    path,
    read: () => describeFailure(path, () => readKey(path)),
    writeOnce: (key) => describeFailure(path, () => writeOnce(path, key)),
    replace: (key) => describeFailure(path, () => writeDraft(path, key, (draft) => rename(draft, path))),
  };
}

async function readKey(path: string): Promise<string | undefined> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  });
  if (handle === undefined) {
    return undefined;
  }
  try {
    const { mode, size } = await handle.stat();
    if (size > keyFileBytesMax) {
      throw new StoreError('corrupt', `${path} is larger than ${keyFileBytesMax} bytes: it holds no key.`);
    }
    // A file that an operator writes by hand gets the shell's mode, often readable for everyone.
    if ((mode & 0o077) !== 0) {
      await handle.chmod(0o600);
    }
    return (await handle.readFile('utf8')).trim();
  } finally {
    await handle.close();
  }
}

/**
 * A hard link to a finished file, and not a rename: it appears whole or not at all, and it fails when
 * another process was first, so that two servers starting at once agree on one key.
 */
async function writeOnce(path: string, key: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeDraft(path, key, (draft) => link(draft, path));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      return false;
    }
    throw error;
  }
}

/** Writes a finished file next to `path`, for `place` to put it there. */
async function writeDraft(path: string, key: string, place: (draft: string) => Promise<void>): Promise<void> {
  const draft = join(dirname(path), `.key-${randomBytes(8).toString('hex')}`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${key}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

async function describeFailure<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof StoreError) {
      throw error;
    }
    const code = hasCode(error, 'ENOSPC') ? 'full' : 'unavailable';
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new StoreError(
      code,
      `The key file ${path} can't be used${reason}. Check its owner, its permissions and the free space.`,
      error,
    );
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
