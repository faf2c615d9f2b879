import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  parseAnthropicModelsQuery,
  toAnthropicModel,
  toAnthropicModelList,
} from '../../protocol/anthropic/models/anthropic-model.ts';
import { toModel, toModelList } from '../../protocol/openai/models/model.ts';
import type { ModelService } from '../../service/models/models.ts';
import { readUrlParam } from '../read-url-param.ts';
import { noteModel } from '../request-state.ts';

/** GET /models */
export function createListModelsHandler(models: ModelService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { apiForm, caller } = request.state;
    const list = await models.list(caller?.key);
    if (apiForm === 'openai') return reply.send(toModelList(list));
    const query = parseAnthropicModelsQuery(request.query as Readonly<Record<string, unknown>>);
    return reply.send(toAnthropicModelList(list, query));
  };
}

/** GET /models/{id}; the id may hold `:` and `/`, raw or percent-encoded. */
export function createGetModelHandler(models: ModelService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const id = readUrlParam(request, '*');
    noteModel(request, id);
    const model = await models.get(id);
    return reply.send(request.state.apiForm === 'openai' ? toModel(model) : toAnthropicModel(model));
  };
}
