import { z } from 'zod';
import { toListPageSchema } from '../shared/list-page.ts';
import { type LimitFields, type ShownBudget, toShownBudget, toShownLimits } from './policy-conversions.ts';
import { toOptionalSeconds, toSeconds } from './wire-key.ts';

export const auditActions = [
  ...(['key.created', 'key.updated', 'key.disabled', 'key.enabled', 'key.rotated'] as const),
  ...(['key.revoked', 'key.deleted'] as const),
  ...(['project.created', 'project.updated', 'project.deleted'] as const),
  'config.reloaded',
] as const;

const actorTypes = ['key', 'environment', 'command_line', 'server'] as const;

export const auditEntrySchema = z
  .object({
    id: z.string(),
    object: z.literal('audit_entry'),
    created_at: z.int().describe('Unix time in seconds.'),
    action: z.enum(auditActions),
    actor: z
      .object({
        type: z.enum(actorTypes),
        id: z.string().describe('Of a key its id; of a command the account that ran it.'),
        name: z.string(),
      })
      .describe('Who made the change.'),
    target: z
      .object({ id: z.string(), name: z.string().describe('As it was after the change.') })
      .describe('What was changed.'),
    changes: z
      .record(z.string(), z.unknown())
      .describe(
        'The new values of the fields that changed; of metadata only the keys. No secret is among them.',
      ),
  })
  .meta({ id: 'AuditEntry' });

export const auditEntryListSchema = toListPageSchema(auditEntrySchema, 'AuditEntryList');

export type WireAuditEntry = z.infer<typeof auditEntrySchema>;

export interface ShownAuditEntry {
  readonly id: string;
  readonly atMs: number;
  readonly action: WireAuditEntry['action'];
  readonly actor: {
    readonly kind: 'key' | 'environment' | 'command-line' | 'server';
    readonly id: string;
    readonly name: string;
  };
  readonly objectId: string;
  readonly objectName: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

export function toWireAuditEntry(entry: ShownAuditEntry): WireAuditEntry {
  const { id, name, kind } = entry.actor;
  return {
    id: entry.id,
    object: 'audit_entry',
    created_at: toSeconds(entry.atMs),
    action: entry.action,
    actor: { type: kind === 'command-line' ? 'command_line' : kind, id, name },
    target: { id: entry.objectId, name: entry.objectName },
    changes: toWireChanges(entry.changes),
  };
}

function toWireChanges(changes: ShownAuditEntry['changes']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(changes).map(([field, value]) => toWireChange(field, value)));
}

/** Only what the service writes into its log arrives here. */
function toWireChange(field: string, value: unknown): [string, unknown] {
  switch (field) {
    case 'projectId':
      return ['project', value];
    case 'expiresAtMs':
      return ['expires_at', toOptionalSeconds((value as number | null) ?? undefined)];
    case 'previousUntilMs':
      return ['previous_key_until', toOptionalSeconds((value as number | null) ?? undefined)];
    case 'limits':
      return ['limits', toShownLimits((value as LimitFields | null) ?? {})];
    case 'budget':
      return ['budget', toShownBudget((value as ShownBudget | null) ?? undefined)];
    case 'needsRestart':
      return ['needs_restart', value];
    case 'metadataKeys':
      return ['metadata_keys', value];
    default:
      return [field, value];
  }
}
