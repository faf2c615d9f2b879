import { z } from 'zod';
import { findMetadataProblem, toMetadata } from '../shared/metadata.ts';
import { parseFields } from '../shared/parse-fields.ts';
import { keyNameCharactersMax, ownMetadataSchema, toNewLimits, toPolicyChanges } from './key-requests.ts';
import { toBudgetFields, toLimitFields } from './policy-conversions.ts';
import { budgetSchema, usageLimitsSchema } from './policy-fields.ts';

const shape = {
  name: z.string().min(1).max(keyNameCharactersMax).describe('No other project has it.'),
  metadata: ownMetadataSchema,
  limits: usageLimitsSchema.nullish().describe('For all keys of the project together.'),
  budget: budgetSchema.nullish().describe('For all keys of the project together.'),
};

/** Body of `POST /admin/projects`. */
export const createProjectRequestSchema = z.strictObject(shape).meta({ id: 'CreateProjectRequest' });

/** Body of `PATCH /admin/projects/{project_id}`: what is absent stays, and null takes a value away. */
export const updateProjectRequestSchema = z
  .strictObject({ ...shape, name: shape.name.optional() })
  .meta({ id: 'UpdateProjectRequest' });

export function parseCreateProjectRequest(body: unknown) {
  const { fields } = parseFields(createProjectRequestSchema, body, {
    strict: false,
    findProblems: ({ metadata }) => [findMetadataProblem(metadata)],
  });
  const { name, metadata, limits, budget } = fields;
  return {
    name,
    metadata: toMetadata(metadata),
    limits: limits ? toNewLimits(toLimitFields(limits)) : {},
    budget: budget ? toBudgetFields(budget) : undefined,
  };
}

export function parseUpdateProjectRequest(body: unknown) {
  const { fields } = parseFields(updateProjectRequestSchema, body, {
    strict: false,
    findProblems: ({ metadata }) => [findMetadataProblem(metadata)],
  });
  return { name: fields.name, ...toPolicyChanges(fields) };
}
