/**
 * The key that makes a fresh server usable.
 *
 * The first start creates a key, writes it to a file for local commands and its hash to the store. The two
 * are separate, so either may be lost. These are the outcomes:
 * | file | store | outcome |
 * | --- | --- | --- |
 * | none | empty | `created`: a new key in both |
 * | key | knows it, valid | `kept` |
 * | key | empty | `restored`: the database was lost; the key in the file is accepted again |
 * | key | others only, or it is refused | `file-unusable`: the operator's decision, nothing is undone |
 * | none | has keys | `file-missing`: clients have their keys; only local commands lack one |
 * | any | does not answer | `postponed`: the server starts, and does this when the store answers |
 * | no key in it | any | refused: it may be another secret, so it is not overwritten |
 */
import type { KeyFile } from '../../store/key-file.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { defaultProjectId, type StoredKey } from '../../store/stored-key.ts';
import {
  createCheckSecret,
  createKeyId,
  createPlainKey,
  hashKey,
  isApiKey,
  keyStatus,
  readCheckedKeyId,
} from './api-key.ts';
import { serverActor } from './audit.ts';
import { insertKey } from './key-changer.ts';
import { KeyServiceError } from './key-service-error.ts';
import { toStoredKey } from './new-key.ts';

/** The name that the first key has in lists. */
export const firstKeyName = 'first';

export interface FirstKeyOptions {
  readonly store: KeyStore;
  readonly keyFile: KeyFile;
  readonly environmentKey: string | undefined;
  readonly now: () => number;
}

export type FirstKeyOutcome =
  /** The environment carries a key: none is made, and the file is not looked at. */
  | { readonly kind: 'environment' }
  | { readonly kind: 'kept' }
  /** To be shown once. */
  | { readonly kind: 'created'; readonly key: string }
  /** `notice` is a sentence for the operator. */
  | {
      readonly kind: 'restored' | 'file-unusable' | 'file-missing' | 'postponed';
      readonly notice: string;
    };

/** The outcome while the store does not answer. */
export const postponedFirstKey: FirstKeyOutcome = {
  kind: 'postponed',
  notice:
    'The database does not answer: requests with stored keys get status 503 until it does. The server keeps trying to connect.',
};

/** Throws `KeyServiceError` (`invalid_key_file`) when the file holds no key, and `StoreError`. */
export async function ensureFirstKey(options: FirstKeyOptions): Promise<FirstKeyOutcome> {
  const { store, keyFile, environmentKey } = options;
  if (environmentKey !== undefined) {
    return { kind: 'environment' };
  }
  const key = await keyFile.read();
  const isStoreEmpty = !(await store.hasKeys());
  if (key !== undefined) {
    return await reconcile(options, key, isStoreEmpty);
  }
  if (!isStoreEmpty) {
    return {
      kind: 'file-missing',
      notice: `There is no key file ${keyFile.path}: the keys in use are still valid, but local commands have none. ${wayOut(keyFile)}`,
    };
  }
  return await createFirstKey(options);
}

/** The key that local commands such as `gravix chat` present: the environment's, else the file's. */
export async function readLocalKey(
  options: Pick<FirstKeyOptions, 'keyFile' | 'environmentKey'>,
): Promise<string | undefined> {
  return options.environmentKey ?? (await options.keyFile.read());
}

/** The file comes first: a process killed in between leaves a key that the next start restores. */
async function createFirstKey(options: FirstKeyOptions): Promise<FirstKeyOutcome> {
  const key = createPlainKey(createKeyId(), await options.store.readCheckSecret(createCheckSecret()));
  if (await options.keyFile.writeOnce(key)) {
    await accept(options, key);
    return { kind: 'created', key };
  }
  // Another process that started at the same time wrote its key first; that one is now ours too.
  const othersKey = await options.keyFile.read();
  if (othersKey === undefined) {
    throw new KeyServiceError('invalid_key_file', `${options.keyFile.path} vanished during the start.`);
  }
  assertKey(options.keyFile, othersKey);
  await accept(options, othersKey);
  return { kind: 'kept' };
}

async function reconcile(
  options: FirstKeyOptions,
  key: string,
  isStoreEmpty: boolean,
): Promise<FirstKeyOutcome> {
  const { store, keyFile, now } = options;
  assertKey(keyFile, key);
  if (isStoreEmpty) {
    await accept(options, key);
    return {
      kind: 'restored',
      notice: `The store had no keys; the key in ${keyFile.path} is accepted again. Other keys issued before are gone.`,
    };
  }
  const record = await store.findByHash(hashKey(key).toString('hex'));
  const status = record === undefined ? 'unknown' : toFileStatus(record, key, now());
  if (status === 'active') {
    return { kind: 'kept' };
  }
  return {
    kind: 'file-unusable',
    notice: `The key in ${keyFile.path} is ${status}: local commands are refused with it. ${wayOut(keyFile)}`,
  };
}

/** A key that another process created at the same time is just as good. */
async function accept({ store, now }: FirstKeyOptions, key: string): Promise<void> {
  const checkedId = readCheckedKeyId(key, await store.readCheckSecret(createCheckSecret()));
  const id = checkedId ?? createKeyId();
  const newKey = { name: firstKeyName, scopes: ['inference', 'admin'] } as const;
  await store.change(async (transaction) => {
    if ((await transaction.findKey(id)) !== undefined) return;
    const record = toStoredKey(key, id, defaultProjectId, newKey, now());
    const isInserted = await insertKey(transaction, record, serverActor);
    // Its check, if it has one, was made under the secret of a database that is gone.
    if (isInserted && checkedId === undefined) {
      await transaction.insertUncheckedHash({ hash: record.hash, keyId: id });
    }
  });
}

function toFileStatus(record: StoredKey, key: string, nowMs: number): string {
  if (record.deletedAtMs !== undefined) return 'deleted';
  const isPrevious = record.hash !== hashKey(key).toString('hex');
  return isPrevious && nowMs >= (record.previousUntilMs ?? 0) ? 'rotated' : keyStatus(record, nowMs);
}

function assertKey(keyFile: KeyFile, key: string): void {
  if (!isApiKey(key)) {
    throw new KeyServiceError(
      'invalid_key_file',
      `${keyFile.path} holds no Gravix key. Remove the file, or put a key into it. To use a key of your own choice, set GRAVIXLAYER_API_KEY.`,
    );
  }
}

function wayOut(keyFile: KeyFile): string {
  return `Create one with \`gravix keys create\`, then write it to ${keyFile.path} or set GRAVIXLAYER_API_KEY to it.`;
}
