import type { FastifyReply, FastifyRequest } from 'fastify';
import { toModel, toModelList } from '../../protocol/openai/models/model.ts';
import type { ModelService } from '../../service/models/models.ts';
import { readUrlParam } from '../read-url-param.ts';

/** GET /models */
export function createListModelsHandler(models: ModelService) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.send(toModelList(await models.list()));
}

/** GET /models/{id}; the id may hold `:` and `/`, raw or percent-encoded. */
export function createGetModelHandler(models: ModelService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.send(toModel(await models.get(readUrlParam(request, '*'))));
}
