import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ModelEntry, toModel, toModelList } from '../../protocol/openai/model.ts';
import type { ModelService, ServedModel } from '../../service/models.ts';

/** GET /models */
export function createListModelsHandler(models: ModelService) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.send(toModelList(models.list().map(toModelEntry)));
}

/** GET /models/{id}; the id may hold `:` and `/`, raw or percent-encoded. */
export function createGetModelHandler(models: ModelService) {
  return async (
    request: FastifyRequest<{ Params: { '*': string } }>,
    reply: FastifyReply,
  ): Promise<unknown> => reply.send(toModel(toModelEntry(models.get(request.params['*']))));
}

function toModelEntry({ name, aliasOf, ownedBy, createdAtSeconds }: ServedModel): ModelEntry {
  return { id: name, aliasOf, ownedBy, createdAtSeconds };
}
