import { z } from 'zod';
import { findMetadataProblem, metadataSchema, toMetadata } from '../shared/metadata.ts';
import { parseFields } from '../shared/parse-fields.ts';
import { type BudgetFields, type LimitFields, toBudgetFields, toLimitFields } from './policy-conversions.ts';
import { budgetSchema, unixSecondsMax, usageLimitsSchema } from './policy-fields.ts';

export const keyScopes = ['inference', 'admin', 'metrics'] as const;
export const keyNameCharactersMax = 100;
export const keyModelsMax = 100;
export const modelPatternCharactersMax = 256;
/** 90 days. */
export const overlapSecondsMax = 7_776_000;
/** One hour. */
export const overlapSecondsDefault = 3600;

const projectNameCharactersMax = 100;
export const ownMetadataSchema = metadataSchema.describe(
  'Up to 16 pairs of your own: keys of up to 64 characters, values of up to 512.',
);

const shape = {
  name: z.string().min(1).max(keyNameCharactersMax).describe('Need not be unique.'),
  scopes: z
    .array(z.enum(keyScopes))
    .min(1)
    .max(keyScopes.length)
    .optional()
    .meta({
      default: ['inference'],
      description: '`inference` asks models, `admin` manages this server, `metrics` reads measurements.',
    }),
  models: z
    .array(z.string().min(1).max(modelPatternCharactersMax))
    .min(1)
    .max(keyModelsMax)
    .nullish()
    .describe('Models that the key may use: names, or patterns in which `*` stands for any text. Null: all.'),
  project: z
    .string()
    .min(1)
    .max(projectNameCharactersMax)
    .optional()
    .meta({ default: 'default', description: 'Id or name of the project that the key belongs to.' }),
  expires_at: z
    .int()
    .min(0)
    .max(unixSecondsMax)
    .nullish()
    .describe('Unix time in seconds, in the future, from which on the key is refused. Null: never.'),
  metadata: ownMetadataSchema,
  limits: usageLimitsSchema.nullish(),
  budget: budgetSchema.nullish(),
};

/** Body of `POST /admin/keys`. */
export const createKeyRequestSchema = z.strictObject(shape).meta({ id: 'CreateKeyRequest' });

/** Body of `PATCH /admin/keys/{key_id}`: what is absent stays, and null takes a value away. */
export const updateKeyRequestSchema = z
  .strictObject({
    ...shape,
    name: shape.name.optional(),
    disabled: z.boolean().optional().describe('A disabled key is refused until it is enabled again.'),
  })
  .meta({ id: 'UpdateKeyRequest' });

/** Body of `POST /admin/keys/{key_id}/rotate`. */
export const rotateKeyRequestSchema = z
  .strictObject({
    overlap_seconds: z.int().min(0).max(overlapSecondsMax).optional().meta({
      default: overlapSecondsDefault,
      description: 'For so long the key before is accepted, too. 0 refuses it at once.',
    }),
  })
  .meta({ id: 'RotateKeyRequest' });

/** Bodies are refused for a field that is not known: a misspelt limit would be none. */
const options = { strict: false };

export function parseCreateKeyRequest(body: unknown) {
  const { fields } = parseFields(createKeyRequestSchema, body, {
    ...options,
    findProblems: ({ metadata }) => [findMetadataProblem(metadata)],
  });
  const { name, scopes, models, project, expires_at: expiresAt, metadata, limits, budget } = fields;
  return {
    name,
    scopes,
    project,
    models: models ?? undefined,
    expiresAtMs: typeof expiresAt === 'number' ? expiresAt * 1000 : undefined,
    metadata: toMetadata(metadata),
    limits: limits ? toNewLimits(toLimitFields(limits)) : {},
    budget: budget ? toBudgetFields(budget) : undefined,
  };
}

/** A new key has nothing to take away. */
export function toNewLimits(limits: LimitFields): { readonly [Name in keyof LimitFields]?: number } {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null));
}

export function parseUpdateKeyRequest(body: unknown) {
  const { fields } = parseFields(updateKeyRequestSchema, body, {
    ...options,
    findProblems: ({ metadata }) => [findMetadataProblem(metadata)],
  });
  const { name, scopes, models, project, expires_at: expiresAt, disabled: isDisabled } = fields;
  return {
    name,
    scopes,
    models,
    project,
    isDisabled,
    expiresAtMs: typeof expiresAt === 'number' ? expiresAt * 1000 : expiresAt,
    ...toPolicyChanges(fields),
  };
}

/** What keys and projects have in common. */
export function toPolicyChanges({ metadata, limits, budget }: PolicyFields): PolicyChanges {
  return {
    metadata: metadata === undefined ? undefined : toMetadata(metadata),
    limits: limits && toLimitFields(limits),
    budget: budget && toBudgetFields(budget),
  };
}

type PolicyFields = Pick<z.infer<typeof updateKeyRequestSchema>, 'metadata' | 'limits' | 'budget'>;

export interface PolicyChanges {
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly limits: LimitFields | null | undefined;
  readonly budget: BudgetFields | null | undefined;
}

/** @param body undefined: all defaults. */
export function parseRotateKeyRequest(body: unknown): { readonly overlapMs: number } {
  const { fields } = parseFields(rotateKeyRequestSchema, body ?? {}, options);
  return { overlapMs: (fields.overlap_seconds ?? overlapSecondsDefault) * 1000 };
}
