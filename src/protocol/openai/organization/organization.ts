// OpenAI's own shape of projects and their keys, for the admin clients of its SDKs.
// https://platform.openai.com/docs/api-reference/projects
import { z } from 'zod';
import { toOptionalSeconds, toSeconds } from '../admin/wire-key.ts';
import { toListPageSchema } from '../shared/list-page.ts';

const unixTime = z.int().describe('Unix time in seconds.');

export const organizationProjectSchema = z
  .object({
    id: z.string(),
    object: z.literal('organization.project'),
    name: z.string(),
    created_at: unixTime,
    archived_at: z.null(),
    status: z.literal('active'),
  })
  .meta({ id: 'OrganizationProject' });

export const organizationProjectListSchema = toListPageSchema(
  organizationProjectSchema,
  'OrganizationProjectList',
);

export const projectApiKeySchema = z
  .object({
    id: z.string(),
    object: z.literal('organization.project.api_key'),
    name: z.string(),
    redacted_value: z.string(),
    created_at: unixTime,
    last_used_at: z.int().nullable(),
    owner_project_access: z
      .enum(['active', 'inactive'])
      .describe('`inactive`: the key is disabled, expired or revoked.'),
    owner: z.object({
      type: z.literal('service_account'),
      service_account: z
        .object({ id: z.string(), name: z.string(), created_at: unixTime, role: z.enum(['owner', 'member']) })
        .describe('The key itself: there are no accounts here. `owner`: it has the scope `admin`.'),
    }),
  })
  .meta({ id: 'ProjectApiKey' });

export const projectApiKeyListSchema = toListPageSchema(projectApiKeySchema, 'ProjectApiKeyList');

export const projectApiKeyDeletedSchema = z
  .object({
    id: z.string(),
    object: z.literal('organization.project.api_key.deleted'),
    deleted: z.literal(true),
  })
  .meta({ id: 'ProjectApiKeyDeleted' });

export type OrganizationProject = z.infer<typeof organizationProjectSchema>;
export type ProjectApiKey = z.infer<typeof projectApiKeySchema>;
export type ProjectApiKeyDeleted = z.infer<typeof projectApiKeyDeletedSchema>;

export interface ShownOrganizationProject {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
}

export interface ShownProjectApiKey extends ShownOrganizationProject {
  readonly hint: string;
  readonly lastUsedAtMs: number | undefined;
  readonly scopes: readonly string[];
}

export function toOrganizationProject({
  id,
  name,
  createdAtMs,
}: ShownOrganizationProject): OrganizationProject {
  return {
    id,
    name,
    object: 'organization.project',
    created_at: toSeconds(createdAtMs),
    archived_at: null,
    status: 'active',
  };
}

export function toProjectApiKey(key: ShownProjectApiKey, isActive: boolean): ProjectApiKey {
  const { id, name } = key;
  const createdAt = toSeconds(key.createdAtMs);
  return {
    id,
    name,
    object: 'organization.project.api_key',
    redacted_value: key.hint,
    created_at: createdAt,
    last_used_at: toOptionalSeconds(key.lastUsedAtMs),
    owner_project_access: isActive ? 'active' : 'inactive',
    owner: {
      type: 'service_account',
      service_account: {
        id,
        name,
        created_at: createdAt,
        role: key.scopes.includes('admin') ? 'owner' : 'member',
      },
    },
  };
}
