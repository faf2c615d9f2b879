/**
 * Where API keys are kept. Only hashes arrive here: no implementation ever sees a plain key.
 * Every method reads and writes the shared state directly, so a change by one process is seen by the others
 * at once. Failures of the storage itself are thrown as `StoreError`.
 */
export interface KeyStore {
  /** Adds a key. Answers false, and changes nothing, when a key with the same hash is already there. */
  insert(key: StoredKey): Promise<boolean>;
  /** The key with this hash, revoked and expired ones included. */
  findByHash(hash: string): Promise<StoredKey | undefined>;
  /** All keys, revoked and expired ones included, oldest first; keys of the same instant by id. */
  list(): Promise<readonly StoredKey[]>;
  /** Revokes a key for good. Answers false when the id is unknown or the key was revoked before. */
  revoke(id: string, atMs: number): Promise<boolean>;
  /** Notes a use. Never moves the last use back; an unknown id changes nothing. */
  touch(id: string, atMs: number): Promise<void>;
}

/** `inference`: may ask models. `admin`: may also pull, load, unload and remove them. */
export type KeyScope = 'inference' | 'admin';

/** All times are milliseconds since 1970. */
export interface StoredKey {
  readonly id: string;
  /** Chosen by the operator; not unique. */
  readonly name: string;
  /** SHA-256 of the plain key, 64 lower-case hexadecimal digits; unique. */
  readonly hash: string;
  /** The first characters of the key, such as `gx-AbCd…`, to recognise it by. */
  readonly hint: string;
  readonly scope: KeyScope;
  readonly createdAtMs: number;
  /** From this instant on the key is refused; undefined: never. */
  readonly expiresAtMs: number | undefined;
  readonly revokedAtMs: number | undefined;
  /** Coarse: written at most once a minute; undefined: never used. */
  readonly lastUsedAtMs: number | undefined;
}
