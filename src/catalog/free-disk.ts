import { statfs } from 'node:fs/promises';
import { SourceError } from './pull-error.ts';

/** What is left free for other programs unless a person agrees to less: 512 MiB. */
export const defaultDiskReserveBytes = 512 * 1024 * 1024;

export interface DiskNeed {
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly reserveBytes: number;
}

export interface DiskGuard {
  /**
   * Asks a person when the disk would be left with less than the reserve, once.
   * @throws SourceError when there is not enough for us, or nobody agrees to less than the reserve
   */
  assertRoom(neededBytes: number): Promise<void>;
}

export interface DiskGuardOptions {
  readonly folder: string;
  readonly reserveBytes: number;
  /** Whether the reserve may be used up; without it nobody is there to be asked. */
  readonly confirm?: ((need: DiskNeed) => Promise<boolean>) | undefined;
}

/** Watches over the free space of `folder`'s disk during one pull. */
export function createDiskGuard({ folder, reserveBytes, confirm }: DiskGuardOptions): DiskGuard {
  let isReserveOurs = false;
  return {
    assertRoom: async (neededBytes) => {
      const { bavail, bsize } = await statfs(folder);
      const freeBytes = bavail * bsize;
      if (freeBytes >= neededBytes + (isReserveOurs ? 0 : reserveBytes)) return;
      const need = { neededBytes, freeBytes, reserveBytes };
      if (freeBytes < neededBytes) throw createDiskError(need, '');
      isReserveOurs = (await confirm?.(need)) ?? false;
      if (!isReserveOurs)
        throw createDiskError(need, `, of which ${toMegabytes(reserveBytes)} MB are kept free`);
    },
  };
}

function createDiskError({ neededBytes, freeBytes }: DiskNeed, reserveWords: string): SourceError {
  return new SourceError(
    `it needs ${toMegabytes(neededBytes)} MB of disk and only ${toMegabytes(freeBytes)} MB are free${reserveWords}`,
    'disk',
  );
}

/** Rounded up, for a need; a free figure may then read one megabyte high, which misleads nobody. */
function toMegabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString('en-US');
}
