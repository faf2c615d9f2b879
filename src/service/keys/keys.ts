import { timingSafeEqual } from 'node:crypto';
import type { AuditEntry } from '../../store/audit-entry.ts';
import type { AuditQuery, KeyQuery } from '../../store/key-store.ts';
import type { StoredKey } from '../../store/stored-key.ts';
import { hashKey, keyStatus } from './api-key.ts';
import { failUnknownKey, findKey } from './find-key.ts';
import { createKeyChanger, type KeyChanger } from './key-changer.ts';
import { type KeyCounts, keyCountsDefault } from './key-counts.ts';
import { type KeyIdentity, toEnvironmentIdentity, toKeyIdentity } from './key-identity.ts';
import { KeyServiceError } from './key-service-error.ts';
import { KnownKeys, type KnownKeysOptions } from './known-keys.ts';
import { createLastUseWriter } from './last-use.ts';
import { type FullPage, toFullPage } from './pages.ts';
import { createProjectService, type ProjectService } from './projects.ts';

export type { KeyIdentity } from './key-identity.ts';

/** A longer presented key is refused before it is hashed: hashing costs time in its length. */
export const presentedKeyCharactersMax = 512;

export interface KeyServiceOptions extends KnownKeysOptions {
  /** The value of `GRAVIXLAYER_API_KEY` at the start: accepted as a key, 1–512 visible ASCII characters. */
  readonly environmentKey: string | undefined;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** How many keys and projects there may be; 10,000 and 1,000 by default. */
  readonly counts?: KeyCounts;
  /** Called when a last use could not be written, for example on a full disk. The request continues. */
  readonly onLastUseFailure?: (error: unknown, keyId: string) => void;
}

/** Failures of the storage come through as `StoreError`, everything else that is refused as `KeyServiceError`. */
export interface KeyService extends KeyChanger {
  /**
   * The holder of this key. Undefined if it is unknown, malformed, disabled, expired, revoked or deleted.
   * Changes by this process take effect immediately, changes by other processes within 2 seconds.
   */
  verify(presented: string): Promise<KeyIdentity | undefined>;
  /** @param projectId a key of another project is as good as none. */
  get(id: string, projectId?: string): Promise<StoredKey>;
  /** By id, else by the name if exactly one key has it. */
  find(idOrName: string): Promise<StoredKey>;
  list(): Promise<readonly StoredKey[]>;
  listPage(query: KeyQuery): Promise<FullPage<StoredKey>>;
  listAudit(query: AuditQuery): Promise<FullPage<AuditEntry>>;
  readonly projects: ProjectService;
}

export function createKeyService(options: KeyServiceOptions): KeyService {
  const { store, now, counts = keyCountsDefault } = options;
  const environmentHash = toEnvironmentHash(options.environmentKey);
  const noteLastUse = createLastUseWriter(options);
  const known = new KnownKeys(options);
  const change: typeof store.change = async (work) => {
    // A change that fails leaves the known keys: during an outage they could not be read again. If it was written all
    // the same, the next look at the revision tells.
    const result = await store.change(work);
    known.forget();
    return result;
  };

  return {
    async verify(presented) {
      if (presented.length === 0 || presented.length > presentedKeyCharactersMax) return undefined;
      const hash = hashKey(presented);
      if (environmentHash !== undefined && timingSafeEqual(hash, environmentHash))
        return toEnvironmentIdentity(await known.findDefaultProject());
      const owned = known.recall(hash) ?? (await known.find(presented, hash));
      const nowMs = now();
      if (owned === undefined || !isKey(owned.key, hash, nowMs)) return undefined;
      noteLastUse(owned.key, nowMs);
      return toKeyIdentity(owned);
    },

    ...createKeyChanger({
      now,
      change,
      counts,
      hasEnvironmentKey: environmentHash !== undefined,
      readCheckSecret: () => known.readCheckSecret(),
    }),

    get: async (id, projectId) => {
      const key = (await store.findOwned(id))?.key;
      if (key === undefined || (projectId !== undefined && key.projectId !== projectId)) {
        return failUnknownKey(id);
      }
      return key;
    },
    find: async (idOrName) => findKey(await store.list(), idOrName),
    list: () => store.list(),
    listPage: async (query) => toFullPage(await store.listPage(query), query),
    listAudit: async (query) => toFullPage(await store.listAuditPage(query), query),
    projects: createProjectService({ store, now, change, counts }),
  };
}

/** Whether the hash belongs to the key, or to its previous secret while both are valid. */
function isKey(key: StoredKey, hash: Buffer, nowMs: number): boolean {
  if (keyStatus(key, nowMs) !== 'active') return false;
  if (timingSafeEqual(hash, Buffer.from(key.hash, 'hex'))) return true;
  const { previousHash, previousUntilMs = 0 } = key;
  return (
    previousHash !== undefined &&
    nowMs < previousUntilMs &&
    timingSafeEqual(hash, Buffer.from(previousHash, 'hex'))
  );
}

/** Other characters can't occur in an Authorization header, so the server would refuse this key. */
function toEnvironmentHash(environmentKey: string | undefined): Buffer | undefined {
  if (environmentKey === undefined) {
    return undefined;
  }
  if (environmentKey.length > presentedKeyCharactersMax || !/^[\x21-\x7e]+$/.test(environmentKey)) {
    throw new KeyServiceError(
      'invalid_environment_key',
      `GRAVIXLAYER_API_KEY must have 1 to ${presentedKeyCharactersMax} visible ASCII characters without spaces. Correct or unset it.`,
    );
  }
  return hashKey(environmentKey);
}
