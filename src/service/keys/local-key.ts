import { hashKey, toKeyStart } from './api-key.ts';
import type { CreatedKey } from './key-changer.ts';

/** The file with the plain key that local commands send. */
export interface LocalKeyFile {
  readonly path: string;
  /** Undefined if there is no file. */
  read(): Promise<string | undefined>;
  replace(key: string): Promise<void>;
}

/**
 * Puts the new secret of a rotated key into the file, if the file has an earlier secret of this key. Answers whether it
 * did.
 */
export async function updateLocalKey(file: LocalKeyFile, { key, record }: CreatedKey): Promise<boolean> {
  const local = await file.read();
  if (local === undefined || !isOfKey(local, record)) return false;
  await file.replace(key);
  return true;
}

/** Keys have their id in them, but for those that were made before keys had one. */
function isOfKey(local: string, { id, previousHash }: CreatedKey['record']): boolean {
  return local.startsWith(toKeyStart(id)) || hashKey(local).toString('hex') === previousHash;
}
