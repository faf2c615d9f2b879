import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseAdminListQuery } from '../../protocol/openai/admin/admin-list-query.ts';
import { toWireAuditEntry } from '../../protocol/openai/admin/audit.ts';
import {
  parseCreateKeyRequest,
  parseRotateKeyRequest,
  parseUpdateKeyRequest,
} from '../../protocol/openai/admin/key-requests.ts';
import { toWireKey } from '../../protocol/openai/admin/wire-key.ts';
import { toListPage } from '../../protocol/openai/shared/list-page.ts';
import type { QueryFields } from '../../protocol/openai/shared/list-query.ts';
import { type KeyRecord, keyStatus } from '../../service/keys/api-key.ts';
import type { CreatedKey } from '../../service/keys/key-changer.ts';
import type { KeyService } from '../../service/keys/keys.ts';
import { readBody } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import { toActor } from '../request-state.ts';

/** What a key of the scope `admin` may do with keys. */
export function createAdminKeyHandlers(keys: KeyService) {
  return {
    /** POST /admin/keys */
    create: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const created = await keys.create(parseCreateKeyRequest(readBody(request)), toActor(request));
      return reply.code(201).headers(unkept).send(showCreated(created));
    },

    /** GET /admin/keys */
    list: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { filter, ...query } = parseAdminListQuery(request.query as QueryFields, 'asc', 'project');
      const projectId = filter === undefined ? undefined : (await keys.projects.find(filter)).id;
      const { items, hasMore } = await keys.listPage({ ...query, projectId });
      return reply.send(toListPage(items.map(show), hasMore));
    },

    /** GET /admin/keys/{key_id} */
    get: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send(show(await keys.get(readUrlParam(request, 'key_id')))),

    /** PATCH /admin/keys/{key_id} */
    update: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const changes = parseUpdateKeyRequest(readBody(request));
      return reply.send(show(await keys.update(readUrlParam(request, 'key_id'), changes, toActor(request))));
    },

    /** POST /admin/keys/{key_id}/rotate */
    rotate: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { overlapMs } = parseRotateKeyRequest(request.body);
      const rotated = await keys.rotate(readUrlParam(request, 'key_id'), overlapMs, toActor(request));
      return reply.headers(unkept).send(showCreated(rotated));
    },

    /** DELETE /admin/keys/{key_id} */
    remove: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { id } = await keys.remove(readUrlParam(request, 'key_id'), toActor(request));
      return reply.send({ id, object: 'key.deleted', deleted: true });
    },

    /** GET /admin/audit */
    listAudit: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { filter: objectId, ...query } = parseAdminListQuery(
        request.query as QueryFields,
        'desc',
        'target_id',
      );
      const { items, hasMore } = await keys.listAudit({ ...query, objectId });
      return reply.send(toListPage(items.map(toWireAuditEntry), hasMore));
    },
  };
}

/** An answer that shows a key is for its reader alone. */
const unkept = { 'cache-control': 'no-store' };

function show(record: KeyRecord) {
  const nowMs = Date.now();
  return toWireKey(record, keyStatus(record, nowMs), nowMs);
}

function showCreated({ key, record }: CreatedKey) {
  return { ...show(record), key };
}
