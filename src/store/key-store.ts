import type { AuditEntry } from './audit-entry.ts';
import type { OwnedKey, StoredKey, StoredProject } from './stored-key.ts';

/**
 * Where API keys, projects and the log of their changes are kept. Only hashes arrive here: no implementation ever sees
 * a plain key. Every method reads and writes the shared state directly. Failures of the storage itself are thrown as
 * `StoreError`.
 */
export interface KeyStore {
  /**
   * Makes changes together, or none of them if `work` throws. Of all processes one at a time is in here, so that what
   * `work` has read still holds when it writes.
   */
  change<Result>(work: (transaction: KeyTransaction) => Promise<Result>): Promise<Result>;
  /** A number that grows with every change. Results that were read under the same number are still valid. */
  readRevision(): Promise<number>;
  /** The secret under which keys carry a check. The first candidate that arrives is kept, and is every later answer. */
  readCheckSecret(candidate: string): Promise<string>;
  /** The hashes of keys without a check of this secret, and whose they are. */
  listUncheckedHashes(): Promise<readonly UncheckedHash[]>;
  /** Whether there ever was a key, deleted ones included. */
  hasKeys(): Promise<boolean>;
  /** A key and its project; undefined too where the key is deleted. */
  findOwned(id: string): Promise<OwnedKey | undefined>;
  /** The key that has or had this hash, refused and deleted ones included. */
  findByHash(hash: string): Promise<StoredKey | undefined>;
  /** All keys but the deleted ones, oldest first; keys of the same instant by id. */
  list(): Promise<readonly StoredKey[]>;
  /** A page of them in that order, or against it. */
  listPage(query: KeyQuery): Promise<Page<StoredKey>>;
  /** Notes a use. Never moves the last use back; an unknown id changes nothing. */
  touch(id: string, atMs: number): Promise<void>;
  /** A project that is not deleted. */
  findProject(id: string): Promise<StoredProject | undefined>;
  /** Projects that are not deleted, oldest first, and then by id. */
  listProjects(): Promise<readonly StoredProject[]>;
  listProjectPage(query: PageQuery): Promise<Page<StoredProject>>;
  listAuditPage(query: AuditQuery): Promise<Page<AuditEntry>>;
  /** Removes the oldest entries from before this time, `limit` at most, and says how many. */
  removeAuditEntries(beforeMs: number, limit: number): Promise<number>;
}

/** The operations inside of a change. */
export interface KeyTransaction {
  /** A key that is not deleted. */
  findKey(id: string): Promise<StoredKey | undefined>;
  /** All keys but the deleted ones, oldest first. */
  listKeys(): Promise<readonly StoredKey[]>;
  /** Keys that are not deleted. */
  countKeys(): Promise<number>;
  /** Adds a key. Answers false, and changes nothing, when a key with the same hash is already there. */
  insertKey(key: StoredKey): Promise<boolean>;
  /** Accepts a hash whose key carries no check. */
  insertUncheckedHash(unchecked: UncheckedHash): Promise<void>;
  /** Writes all of a key but its last use. */
  replaceKey(key: StoredKey): Promise<void>;
  findProject(id: string): Promise<StoredProject | undefined>;
  findProjectByName(name: string): Promise<StoredProject | undefined>;
  /** Projects that are not deleted. */
  countProjects(): Promise<number>;
  insertProject(project: StoredProject): Promise<void>;
  replaceProject(project: StoredProject): Promise<void>;
  insertAuditEntry(entry: AuditEntry): Promise<void>;
}

export interface UncheckedHash {
  readonly hash: string;
  readonly keyId: string;
}

export interface PageQuery {
  readonly order: 'asc' | 'desc';
  /** Records at most, 1 or more. */
  readonly limit: number;
  /** Begin behind the record with this id. */
  readonly after?: string | undefined;
}

export interface KeyQuery extends PageQuery {
  /** Only keys of this project. */
  readonly projectId?: string | undefined;
}

export interface AuditQuery extends PageQuery {
  /** Only changes of this key or project. */
  readonly objectId?: string | undefined;
}

/** `unknown-after`: there is no record with the id after which the page should start. */
export type Page<Item> = { readonly items: readonly Item[]; readonly hasMore: boolean } | 'unknown-after';
