import { randomBytes } from 'node:crypto';
import type { AuditAction, AuditActor, AuditEntry } from '../../store/audit-entry.ts';
import type { StoredKey, StoredProject } from '../../store/stored-key.ts';
import { environmentKeyId, type KeyIdentity } from './key-identity.ts';

export type { AuditAction, AuditActor, AuditEntry } from '../../store/audit-entry.ts';

/** The default author of key changes. */
export const commandLineActor: AuditActor = {
  kind: 'command-line',
  id: 'command-line',
  name: 'command-line',
};

/** The server itself, at its start. */
export const serverActor: AuditActor = { kind: 'server', id: 'server', name: 'server' };

export function toAuditActor({ id, name }: KeyIdentity): AuditActor {
  return { kind: id === environmentKeyId ? 'environment' : 'key', id, name };
}

export interface AuditedChange {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly atMs: number;
  readonly object: Pick<StoredKey | StoredProject, 'id' | 'name'>;
  readonly changes: Readonly<Record<string, unknown>>;
}

export function createAuditEntry({ actor, action, atMs, object, changes }: AuditedChange): AuditEntry {
  return {
    id: `audit_${randomBytes(12).toString('hex')}`,
    atMs,
    actor,
    action,
    objectId: object.id,
    objectName: object.name,
    changes,
  };
}

/** Fields that an audit entry shows. No hash and no hint is among them. */
const auditedFields = [
  'name',
  'projectId',
  'scopes',
  'models',
  'limits',
  'budget',
  'expiresAtMs',
  'previousUntilMs',
] as const;

type AuditedRecord = Partial<StoredKey> & Partial<StoredProject>;

/** The differences. For metadata only the names, because the values are the operator's. */
export function listChanges(before: AuditedRecord, after: AuditedRecord): Readonly<Record<string, unknown>> {
  const changes: Record<string, unknown> = {};
  for (const field of auditedFields) {
    if (JSON.stringify(before[field]) !== JSON.stringify(after[field])) changes[field] = after[field] ?? null;
  }
  if (JSON.stringify(before.metadata ?? {}) !== JSON.stringify(after.metadata ?? {})) {
    changes['metadataKeys'] = Object.keys(after.metadata ?? {});
  }
  return changes;
}
