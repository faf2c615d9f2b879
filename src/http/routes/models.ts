import type { FastifyReply, FastifyRequest } from 'fastify';
import { toModel, toModelList } from '../../protocol/openai/models/model.ts';
import type { ModelService } from '../../service/models/models.ts';
import { readUrlParam } from '../read-url-param.ts';
import { noteModel } from '../request-state.ts';

/** GET /models */
export function createListModelsHandler(models: ModelService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.send(toModelList(await models.list(request.state.caller?.key)));
}

/** GET /models/{id}; the id may hold `:` and `/`, raw or percent-encoded. */
export function createGetModelHandler(models: ModelService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const id = readUrlParam(request, '*');
    noteModel(request, id);
    return reply.send(toModel(await models.get(id)));
  };
}
