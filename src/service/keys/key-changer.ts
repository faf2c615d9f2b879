import type { AuditAction, AuditActor } from '../../store/audit-entry.ts';
import type { KeyScope } from '../../store/key-policy.ts';
import type { KeyStore, KeyTransaction } from '../../store/key-store.ts';
import { defaultProjectId, type StoredKey } from '../../store/stored-key.ts';
import { createKeyId, createPlainKey, hashKey, toHint } from './api-key.ts';
import { assertAdminRemains } from './assert-admin-remains.ts';
import { assertExpiry, assertKeyFields } from './assert-key-fields.ts';
import { commandLineActor, createAuditEntry, listChanges } from './audit.ts';
import { createRevokedError, failUnknownKey, findRevocableKey } from './find-key.ts';
import { assertRoomForKey, type KeyCounts } from './key-counts.ts';
import { type BudgetChanges, type LimitChanges, mergeBudget, mergeLimits } from './key-policy.ts';
import { KeyServiceError } from './key-service-error.ts';
import { type NewKey, toStoredKey } from './new-key.ts';
import { findProjectOf } from './projects.ts';

/** Milliseconds for which both keys of a rotation may hold: 90 days. */
export const overlapMsMax = 90 * 86_400_000;

/** Absent fields stay unchanged. Null removes a value. */
export interface KeyChanges {
  readonly name?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
  readonly models?: readonly string[] | null | undefined;
  /** Its id or name. */
  readonly project?: string | undefined;
  readonly expiresAtMs?: number | null | undefined;
  readonly limits?: LimitChanges | null | undefined;
  readonly budget?: BudgetChanges | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly isDisabled?: boolean | undefined;
}

export interface KeyChangerOptions {
  readonly now: () => number;
  readonly change: KeyStore['change'];
  readonly hasEnvironmentKey: boolean;
  readonly counts: KeyCounts;
  readonly readCheckSecret: () => Promise<string>;
}

export interface CreatedKey {
  /** The plain key. It is nowhere else and can't be had again. */
  readonly key: string;
  readonly record: StoredKey;
}

/** Every change leaves an audit entry, which names the actor: a command of this machine unless it is said. */
export interface KeyChanger {
  create(newKey: NewKey, actor?: AuditActor): Promise<CreatedKey>;
  update(id: string, changes: KeyChanges, actor?: AuditActor): Promise<StoredKey>;
  /**
   * Creates a new secret. The previous one stays valid for this long, in milliseconds, and the one before it
   * becomes invalid.
   */
  rotate(id: string, overlapMs: number, actor?: AuditActor): Promise<CreatedKey>;
  /**
   * Refuses a key for good and leaves it in the list. By id, else by the name if exactly one key that is not revoked has
   * it; answers with the record as it is now.
   */
  revoke(idOrName: string, actor?: AuditActor): Promise<StoredKey>;
  /** Refuses a key for good and takes it out of the list. */
  remove(id: string, actor?: AuditActor): Promise<StoredKey>;
}

export function createKeyChanger(options: KeyChangerOptions): KeyChanger {
  const { now, change, readCheckSecret } = options;
  const replaceIn = (transaction: KeyTransaction, replacement: Replacement) =>
    replaceKey(transaction, replacement, options);
  return {
    async create(newKey, actor = commandLineActor) {
      const id = createKeyId();
      const key = createPlainKey(id, await readCheckSecret());
      const record = await change(async (transaction) => {
        const { id: projectId } = await findProjectOf(transaction, newKey.project ?? defaultProjectId);
        await assertRoomForKey(transaction, options.counts);
        const atMs = now();
        const made = toStoredKey(key, id, projectId, newKey, atMs);
        if (await insertKey(transaction, made, actor)) return made;
        throw new Error(
          'A new random key was in the store already: the random numbers of this machine are broken.',
        );
      });
      return { key, record };
    },

    update: (id, changes, actor = commandLineActor) =>
      change(async (transaction) => {
        const before = await findLive(transaction, id);
        const atMs = now();
        const after = applyChanges(before, changes, atMs);
        const { project } = changes;
        const projectId =
          project === undefined ? before.projectId : (await findProjectOf(transaction, project)).id;
        const action = toAction(before, after);
        return await replaceIn(transaction, { before, after: { ...after, projectId }, actor, action, atMs });
      }),

    async rotate(id, overlapMs, actor = commandLineActor) {
      assertOverlap(overlapMs);
      const key = createPlainKey(id, await readCheckSecret());
      const record = await change(async (transaction) => {
        const before = await findLive(transaction, id);
        const atMs = now();
        const after = {
          ...before,
          hash: hashKey(key).toString('hex'),
          hint: toHint(key),
          previousHash: before.hash,
          previousUntilMs: atMs + overlapMs,
        };
        return await replaceIn(transaction, { before, after, actor, action: 'key.rotated', atMs });
      });
      return { key, record };
    },

    revoke: (idOrName, actor = commandLineActor) =>
      change(async (transaction) => {
        const before = findRevocableKey(await transaction.listKeys(), idOrName);
        const atMs = now();
        const after = { ...before, revokedAtMs: atMs };
        return await replaceIn(transaction, { before, after, actor, action: 'key.revoked', atMs });
      }),

    remove: (id, actor = commandLineActor) =>
      change(async (transaction) => {
        const before = (await transaction.findKey(id)) ?? failUnknownKey(id);
        const atMs = now();
        const after = { ...before, deletedAtMs: atMs };
        return await replaceIn(transaction, { before, after, actor, action: 'key.deleted', atMs });
      }),
  };
}

/** Returns false, and changes nothing, if the key already exists. */
export async function insertKey(
  transaction: KeyTransaction,
  key: StoredKey,
  actor: AuditActor,
): Promise<boolean> {
  if (!(await transaction.insertKey(key))) return false;
  const changes = listChanges({}, key);
  await transaction.insertAuditEntry(
    createAuditEntry({ actor, action: 'key.created', atMs: key.createdAtMs, object: key, changes }),
  );
  return true;
}

async function findLive(transaction: KeyTransaction, id: string): Promise<StoredKey> {
  const key = (await transaction.findKey(id)) ?? failUnknownKey(id);
  if (key.revokedAtMs !== undefined) throw createRevokedError(key);
  return key;
}

function applyChanges(before: StoredKey, changes: KeyChanges, nowMs: number): StoredKey {
  const { name, scopes, models, expiresAtMs, limits, budget, metadata, isDisabled } = changes;
  const after: StoredKey = {
    ...before,
    name: name ?? before.name,
    scopes: scopes ?? before.scopes,
    models: models === undefined ? before.models : (models ?? undefined),
    expiresAtMs: expiresAtMs === undefined ? before.expiresAtMs : (expiresAtMs ?? undefined),
    limits: mergeLimits(before.limits, limits),
    budget: mergeBudget(before.budget, budget, nowMs),
    metadata: metadata ?? before.metadata,
    disabledAtMs: toDisabledAtMs(before, isDisabled, nowMs),
  };
  assertKeyFields(after);
  if (typeof expiresAtMs === 'number') assertExpiry(expiresAtMs, nowMs);
  return after;
}

function toDisabledAtMs(
  { disabledAtMs }: StoredKey,
  isDisabled: boolean | undefined,
  nowMs: number,
): number | undefined {
  if (isDisabled === undefined) return disabledAtMs;
  return isDisabled ? (disabledAtMs ?? nowMs) : undefined;
}

function toAction(before: StoredKey, after: StoredKey): AuditAction {
  if (before.disabledAtMs === after.disabledAtMs) return 'key.updated';
  return after.disabledAtMs === undefined ? 'key.enabled' : 'key.disabled';
}

interface Replacement {
  readonly before: StoredKey;
  readonly after: StoredKey;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly atMs: number;
}

async function replaceKey(
  transaction: KeyTransaction,
  { before, after, actor, action, atMs }: Replacement,
  { hasEnvironmentKey }: KeyChangerOptions,
): Promise<StoredKey> {
  if (!hasEnvironmentKey) {
    assertAdminRemains({ keys: await transaction.listKeys(), before, after, nowMs: atMs });
  }
  await transaction.replaceKey(after);
  const changes = listChanges(before, after);
  await transaction.insertAuditEntry(createAuditEntry({ actor, action, atMs, object: after, changes }));
  return after;
}

function assertOverlap(overlapMs: number): void {
  if (!Number.isSafeInteger(overlapMs) || overlapMs < 0 || overlapMs > overlapMsMax) {
    throw new KeyServiceError('invalid_overlap', 'Both keys of a rotation may hold for 0 to 90 days.');
  }
}
