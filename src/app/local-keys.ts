import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { readLocalKey } from '../service/keys/first-key.ts';
import { createKeyService, type KeyService } from '../service/keys/keys.ts';
import { createKeyFile, type KeyFile } from '../store/key-file.ts';
import { toDatabasePath } from './database-path.ts';
import { commandBusyTimeoutMs, openStores } from './open-stores.ts';

/** The stored keys, for commands that list or change them. */
export interface OpenedKeyService {
  readonly service: KeyService;
  close(): Promise<void>;
}

/** @throws StoreError */
export async function openKeyService(config: Config): Promise<OpenedKeyService> {
  const stores = await openStores(config, { busyTimeoutMs: commandBusyTimeoutMs });
  const { environmentKey } = config;
  const service = createKeyService({ store: stores.keys, environmentKey, now: Date.now, counts: config });
  return { service, close: () => stores.close() };
}

export function openKeyFile(config: Config): KeyFile {
  return createKeyFile(join(config.home, 'key'));
}

/** The key that local commands send to the server. Undefined if there is none. */
export function findLocalKey(config: Config): Promise<string | undefined> {
  return readLocalKey({ keyFile: openKeyFile(config), environmentKey: config.environmentKey });
}

/** The source of the local key, and whether the stored keys accept it. */
export interface LocalKeyState {
  readonly source: 'environment' | 'file' | 'none';
  readonly isAccepted: boolean;
  readonly keyFilePath: string;
}

/** Creates neither a key nor a database. */
export async function inspectLocalKey(config: Config): Promise<LocalKeyState> {
  const keyFilePath = openKeyFile(config).path;
  const key = await findLocalKey(config);
  if (key === undefined) return { source: 'none', isAccepted: false, keyFilePath };
  if (config.environmentKey !== undefined) return { source: 'environment', isAccepted: true, keyFilePath };
  // A server with a key file but no database imports the key from the file.
  if (config.databaseUrl === undefined && !existsSync(toDatabasePath(config)))
    return { source: 'file', isAccepted: true, keyFilePath };
  const { service, close } = await openKeyService(config);
  try {
    const isAccepted = (await service.verify(key)) !== undefined;
    return { source: 'file', isAccepted, keyFilePath };
  } finally {
    await close();
  }
}
