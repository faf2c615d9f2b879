import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  toAdminModel,
  toAdminModelList,
  toModelCatalogue,
  toModelPull,
} from '../../protocol/openai/admin/admin-models.ts';
import { parseModelRequest } from '../../protocol/openai/models/model-management.ts';
import { readBody } from '../read-body.ts';
import { noteModel } from '../request-state.ts';
import type { HttpServices } from '../route.ts';

/** The models as an operator sees them, and pulls that nobody has to wait for. */
export function createAdminModelHandlers({ inventory, pulls }: Pick<HttpServices, 'inventory' | 'pulls'>) {
  const readModel = (request: FastifyRequest) => {
    const model = parseModelRequest(readBody(request));
    noteModel(request, model);
    return model;
  };
  const setPinned = (isPinned: boolean) => async (request: FastifyRequest, reply: FastifyReply) =>
    reply.send(toAdminModel(await inventory.setPinned(readModel(request), isPinned)));
  return {
    /** GET /admin/models */
    list: async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { models, memory } = await inventory.list();
      return reply.send(toAdminModelList(models, memory));
    },

    /** GET /admin/models/catalogue */
    listCatalogue: async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send(toModelCatalogue(await inventory.listCatalogue())),

    /** POST /admin/models/pin */
    pin: setPinned(true),

    /** POST /admin/models/unpin */
    unpin: setPinned(false),

    /** GET /admin/models/pulls */
    listPulls: async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send({ object: 'list', data: pulls.list().map(toModelPull) }),

    /** POST /admin/models/pulls */
    startPull: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { pull, isJoined } = await pulls.start(readModel(request));
      return reply.code(isJoined ? 200 : 202).send(toModelPull(pull));
    },

    /** POST /admin/models/pulls/cancel */
    cancelPull: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      reply.send(toModelPull(await pulls.cancel(readModel(request)))),
  };
}
