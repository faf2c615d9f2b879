import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseKeyListQuery, parseProjectListQuery } from '../../protocol/openai/organization/list-queries.ts';
import {
  type ProjectApiKeyDeleted,
  toOrganizationProject,
  toProjectApiKey,
} from '../../protocol/openai/organization/organization.ts';
import { toListPage } from '../../protocol/openai/shared/list-page.ts';
import type { QueryFields } from '../../protocol/openai/shared/list-query.ts';
import { type KeyRecord, keyStatus } from '../../service/keys/api-key.ts';
import type { KeyService } from '../../service/keys/keys.ts';
import { toIgnoredHeaders } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import { toActor } from '../request-state.ts';

/** Projects and their keys in OpenAI's own shape. */
export function createOrganizationHandlers(keys: KeyService) {
  const { projects } = keys;
  return {
    /** GET /organization/projects */
    listProjects: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { ignoredParameters, ...query } = parseProjectListQuery(request.query as QueryFields);
      const { items, hasMore } = await projects.listPage(query);
      reply.headers(toIgnoredHeaders(ignoredParameters));
      return reply.send(toListPage(items.map(toOrganizationProject), hasMore));
    },

    /** GET /organization/projects/{project_id} */
    getProject: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send(toOrganizationProject(await projects.get(readUrlParam(request, 'project_id')))),

    /** GET /organization/projects/{project_id}/api_keys */
    listKeys: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { id: projectId } = await projects.get(readUrlParam(request, 'project_id'));
      const { ignoredParameters, ...query } = parseKeyListQuery(request.query as QueryFields);
      const { items, hasMore } = await keys.listPage({ ...query, projectId });
      reply.headers(toIgnoredHeaders(ignoredParameters));
      return reply.send(toListPage(items.map(show), hasMore));
    },

    /** GET /organization/projects/{project_id}/api_keys/{key_id} */
    getKey: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send(show(await findKey(keys, request))),

    /** DELETE /organization/projects/{project_id}/api_keys/{key_id} */
    removeKey: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { id } = await keys.remove((await findKey(keys, request)).id, toActor(request));
      const answer: ProjectApiKeyDeleted = {
        id,
        object: 'organization.project.api_key.deleted',
        deleted: true,
      };
      return reply.send(answer);
    },
  };
}

/** A key of another project is as good as none. */
async function findKey(keys: KeyService, request: FastifyRequest): Promise<KeyRecord> {
  const project = await keys.projects.get(readUrlParam(request, 'project_id'));
  return await keys.get(readUrlParam(request, 'key_id'), project.id);
}

function show(record: KeyRecord) {
  return toProjectApiKey(record, keyStatus(record, Date.now()) === 'active');
}
