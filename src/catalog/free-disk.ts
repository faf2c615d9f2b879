import { statfs } from 'node:fs/promises';
import { SourceError } from './pull-error.ts';

/** Default space that a pull leaves free: 512 MiB. */
export const defaultDiskReserveBytes = 512 * 1024 * 1024;

export interface DiskNeed {
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly reserveBytes: number;
}

export interface DiskGuard {
  /**
   * Asks once for confirmation if the download would use the disk reserve.
   * @throws SourceError if space is insufficient, or if using the reserve is not confirmed
   */
  assertRoom(neededBytes: number): Promise<void>;
}

export interface DiskGuardOptions {
  readonly folder: string;
  readonly reserveBytes: number;
  /** Asks whether to use the reserve. Absent if there is no user to ask. */
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

/** Rounded up. A free figure may then be one megabyte too high, which does no harm. */
function toMegabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString('en-US');
}
