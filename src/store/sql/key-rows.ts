import type { Selectable } from 'kysely';
import type { AuditAction, AuditActor, AuditEntry } from '../audit-entry.ts';
import type { Budget, KeyScope, UsageLimits } from '../key-policy.ts';
import type { StoredKey, StoredProject } from '../stored-key.ts';
import type { ApiKeysTable, AuditEntriesTable, ProjectsTable } from './database-schema.ts';

export function toKeyRow(key: StoredKey): ApiKeysTable {
  const { scopes, models, limits, budget, metadata, ...plain } = key;
  return {
    id: plain.id,
    projectId: plain.projectId,
    name: plain.name,
    hash: plain.hash,
    previousHash: plain.previousHash ?? null,
    previousUntilMs: plain.previousUntilMs ?? null,
    hint: plain.hint,
    scopes: JSON.stringify(scopes),
    models: toOptionalText(models),
    limits: JSON.stringify(limits),
    budget: toOptionalText(budget),
    metadata: JSON.stringify(metadata),
    createdAtMs: plain.createdAtMs,
    expiresAtMs: plain.expiresAtMs ?? null,
    disabledAtMs: plain.disabledAtMs ?? null,
    revokedAtMs: plain.revokedAtMs ?? null,
    deletedAtMs: plain.deletedAtMs ?? null,
    lastUsedAtMs: plain.lastUsedAtMs ?? null,
  };
}

export function toStoredKey(row: Selectable<ApiKeysTable>): StoredKey {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    hash: row.hash,
    previousHash: row.previousHash ?? undefined,
    previousUntilMs: row.previousUntilMs ?? undefined,
    hint: row.hint,
    scopes: JSON.parse(row.scopes) as readonly KeyScope[],
    models: row.models === null ? undefined : (JSON.parse(row.models) as readonly string[]),
    limits: JSON.parse(row.limits) as UsageLimits,
    budget: toBudget(row.budget),
    metadata: JSON.parse(row.metadata) as Readonly<Record<string, string>>,
    createdAtMs: row.createdAtMs,
    expiresAtMs: row.expiresAtMs ?? undefined,
    disabledAtMs: row.disabledAtMs ?? undefined,
    revokedAtMs: row.revokedAtMs ?? undefined,
    deletedAtMs: row.deletedAtMs ?? undefined,
    lastUsedAtMs: row.lastUsedAtMs ?? undefined,
  };
}

export function toProjectRow(project: StoredProject): ProjectsTable {
  const { limits, budget, metadata, deletedAtMs, ...plain } = project;
  return {
    ...plain,
    limits: JSON.stringify(limits),
    budget: toOptionalText(budget),
    metadata: JSON.stringify(metadata),
    deletedAtMs: deletedAtMs ?? null,
  };
}

export function toStoredProject(row: Selectable<ProjectsTable>): StoredProject {
  const { limits, budget, metadata, deletedAtMs, ...plain } = row;
  return {
    ...plain,
    limits: toLimits(limits),
    budget: toBudget(budget),
    metadata: JSON.parse(metadata) as Readonly<Record<string, string>>,
    deletedAtMs: deletedAtMs ?? undefined,
  };
}

export function toLimits(text: string): UsageLimits {
  return JSON.parse(text) as UsageLimits;
}

export function toBudget(text: string | null): Budget | undefined {
  return text === null ? undefined : (JSON.parse(text) as Budget);
}

function toOptionalText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function toAuditRow({ actor, changes, ...plain }: AuditEntry) {
  return {
    ...plain,
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    changes: JSON.stringify(changes),
  };
}

export function toAuditEntry(row: Selectable<AuditEntriesTable>): AuditEntry {
  const { sequence: _sequence, actorKind, actorId, actorName, action, changes, ...plain } = row;
  return {
    ...plain,
    actor: { kind: actorKind as AuditActor['kind'], id: actorId, name: actorName },
    action: action as AuditAction,
    changes: JSON.parse(changes) as Readonly<Record<string, unknown>>,
  };
}
