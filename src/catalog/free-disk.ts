import { statfs } from 'node:fs/promises';
import { SourceError } from './pull-error.ts';

/** @throws SourceError when `folder`'s disk has less than `neededBytes` left for us. */
export async function assertFreeDisk(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new SourceError(
    `it needs ${toMegabytes(neededBytes)} MB of disk and only ${toMegabytes(freeBytes)} MB are free`,
    'disk',
  );
}

/** Rounded up, for a need; a free figure may then read one megabyte high, which misleads nobody. */
function toMegabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString('en-US');
}
