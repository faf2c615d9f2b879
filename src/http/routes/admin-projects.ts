import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseAdminListQuery } from '../../protocol/openai/admin/admin-list-query.ts';
import {
  parseCreateProjectRequest,
  parseUpdateProjectRequest,
} from '../../protocol/openai/admin/project-requests.ts';
import { toWireProject } from '../../protocol/openai/admin/wire-key.ts';
import { toListPage } from '../../protocol/openai/shared/list-page.ts';
import type { QueryFields } from '../../protocol/openai/shared/list-query.ts';
import type { ProjectService } from '../../service/keys/projects.ts';
import { readBody } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import { toActor } from '../request-state.ts';

/** What a key of the scope `admin` may do with projects. */
export function createAdminProjectHandlers(projects: ProjectService) {
  return {
    /** POST /admin/projects */
    create: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const project = await projects.create(parseCreateProjectRequest(readBody(request)), toActor(request));
      return reply.code(201).send(toWireProject(project));
    },

    /** GET /admin/projects */
    list: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { items, hasMore } = await projects.listPage(
        parseAdminListQuery(request.query as QueryFields, 'asc'),
      );
      return reply.send(toListPage(items.map(toWireProject), hasMore));
    },

    /** GET /admin/projects/{project_id} */
    get: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send(toWireProject(await projects.get(readUrlParam(request, 'project_id')))),

    /** PATCH /admin/projects/{project_id} */
    update: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const changes = parseUpdateProjectRequest(readBody(request));
      const project = await projects.update(readUrlParam(request, 'project_id'), changes, toActor(request));
      return reply.send(toWireProject(project));
    },

    /** DELETE /admin/projects/{project_id} */
    remove: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { id } = await projects.remove(readUrlParam(request, 'project_id'), toActor(request));
      return reply.send({ id, object: 'project.deleted', deleted: true });
    },
  };
}
