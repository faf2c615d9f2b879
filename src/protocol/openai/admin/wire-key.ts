import { z } from 'zod';
import { toListPageSchema } from '../shared/list-page.ts';
import { keyScopes } from './key-requests.ts';
import { type LimitFields, type ShownBudget, toShownBudget, toShownLimits } from './policy-conversions.ts';
import { shownBudgetSchema, shownLimitsSchema } from './policy-fields.ts';

const unixTime = z.int().describe('Unix time in seconds.');
const optionalUnixTime = z.int().nullable().describe('Unix time in seconds.');
const metadata = z.record(z.string(), z.string());

export const wireKeySchema = z
  .object({
    id: z.string(),
    object: z.literal('key'),
    name: z.string(),
    project: z.string().describe('Id of its project.'),
    scopes: z.array(z.enum(keyScopes)),
    models: z.array(z.string()).nullable().describe('Null: all.'),
    status: z.enum(['active', 'disabled', 'expired', 'revoked']),
    redacted_value: z.string().describe('The first characters of the key.'),
    created_at: unixTime,
    expires_at: optionalUnixTime,
    disabled_at: optionalUnixTime,
    last_used_at: optionalUnixTime.describe('Written at most once a minute. Unix time in seconds.'),
    previous_key_until: optionalUnixTime.describe(
      'Until then the key before the last rotation is accepted, too. Null: it is not.',
    ),
    limits: shownLimitsSchema,
    budget: shownBudgetSchema.nullable(),
    metadata,
  })
  .meta({ id: 'Key' });

export const createdKeySchema = wireKeySchema
  .extend({ key: z.string().describe('The key itself. It is shown this once.') })
  .meta({ id: 'CreatedKey' });

export const wireKeyListSchema = toListPageSchema(wireKeySchema, 'KeyList');

export const keyDeletedSchema = z
  .object({ id: z.string(), object: z.literal('key.deleted'), deleted: z.literal(true) })
  .meta({ id: 'KeyDeleted' });

export const wireProjectSchema = z
  .object({
    id: z.string(),
    object: z.literal('project'),
    name: z.string(),
    created_at: unixTime,
    limits: shownLimitsSchema,
    budget: shownBudgetSchema.nullable(),
    metadata,
  })
  .meta({ id: 'Project' });

export const wireProjectListSchema = toListPageSchema(wireProjectSchema, 'ProjectList');

export const projectDeletedSchema = z
  .object({ id: z.string(), object: z.literal('project.deleted'), deleted: z.literal(true) })
  .meta({ id: 'ProjectDeleted' });

export type WireKey = z.infer<typeof wireKeySchema>;
export type WireProject = z.infer<typeof wireProjectSchema>;

interface ShownPolicy {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly limits: LimitFields;
  readonly budget: ShownBudget | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A key as its service knows it. Its hashes go nowhere. */
export interface ShownKey extends ShownPolicy {
  readonly projectId: string;
  readonly scopes: WireKey['scopes'] | readonly WireKey['scopes'][number][];
  readonly models: readonly string[] | undefined;
  readonly hint: string;
  readonly previousUntilMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  readonly disabledAtMs: number | undefined;
  readonly lastUsedAtMs: number | undefined;
}

export function toWireKey(key: ShownKey, status: WireKey['status'], nowMs: number): WireKey {
  const { previousUntilMs } = key;
  const isOverlapping = previousUntilMs !== undefined && previousUntilMs > nowMs;
  return {
    id: key.id,
    object: 'key',
    name: key.name,
    project: key.projectId,
    scopes: [...key.scopes],
    models: key.models === undefined ? null : [...key.models],
    status,
    redacted_value: key.hint,
    created_at: toSeconds(key.createdAtMs),
    expires_at: toOptionalSeconds(key.expiresAtMs),
    disabled_at: toOptionalSeconds(key.disabledAtMs),
    last_used_at: toOptionalSeconds(key.lastUsedAtMs),
    previous_key_until: isOverlapping ? toSeconds(previousUntilMs) : null,
    limits: toShownLimits(key.limits),
    budget: toShownBudget(key.budget),
    metadata: { ...key.metadata },
  };
}

export function toWireProject(project: ShownPolicy): WireProject {
  return {
    id: project.id,
    object: 'project',
    name: project.name,
    created_at: toSeconds(project.createdAtMs),
    limits: toShownLimits(project.limits),
    budget: toShownBudget(project.budget),
    metadata: { ...project.metadata },
  };
}

export function toSeconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}

export function toOptionalSeconds(atMs: number | undefined): number | null {
  return atMs === undefined ? null : toSeconds(atMs);
}
