import type { KeyTransaction } from '../../store/key-store.ts';
import { KeyServiceError } from './key-service-error.ts';

/** How many keys and projects there may be. Deleted ones do not count. */
export interface KeyCounts {
  readonly keysMax: number;
  readonly projectsMax: number;
}

export const keyCountsDefault: KeyCounts = { keysMax: 10_000, projectsMax: 1000 };

/** @throws KeyServiceError `too_many_keys` */
export async function assertRoomForKey(transaction: KeyTransaction, { keysMax }: KeyCounts): Promise<void> {
  if ((await transaction.countKeys()) < keysMax) return;
  throw new KeyServiceError(
    'too_many_keys',
    `There are ${keysMax} keys, which is the maximum. Delete some, or raise keysMax in the settings.`,
  );
}

/** @throws KeyServiceError `too_many_projects` */
export async function assertRoomForProject(
  transaction: KeyTransaction,
  { projectsMax }: KeyCounts,
): Promise<void> {
  if ((await transaction.countProjects()) < projectsMax) return;
  throw new KeyServiceError(
    'too_many_projects',
    `There are ${projectsMax} projects, which is the maximum. Delete some, or raise projectsMax in the settings.`,
  );
}
