import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelService, ServedModel } from '../../service/models/models.ts';
import {
  createOpenApiDocument,
  type DescribedRoute,
  type SampleModels,
} from '../openapi/create-openapi-document.ts';
import { toServerUrl } from '../server-url.ts';

export interface OpenApiHandlerOptions {
  readonly models: ModelService;
  /** All routes, asked for with the first request: this one is among them. */
  readonly listRoutes: () => readonly DescribedRoute[];
  readonly version: string;
  readonly publicUrl: string | undefined;
}

/** GET /openapi.json: made for each request, because its samples carry the address that was asked. */
export function createOpenApiHandler({ models, listRoutes, version, publicUrl }: OpenApiHandlerOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const context = { serverUrl: toServerUrl(request, publicUrl) };
    const sampleModels = toSampleModels(await models.list(request.state.caller?.key));
    reply.header('cache-control', 'no-cache');
    const routes = listRoutes();
    return reply.send(createOpenApiDocument({ routes, version, context, models: sampleModels }));
  };
}

/** The first that can; where none can, a name that says what to put there. */
function toSampleModels(served: readonly ServedModel[]): SampleModels {
  const find = (capability: 'chat' | 'embeddings') =>
    served.find(({ facts }) => facts.capabilities[capability])?.name;
  return {
    chat: find('chat') ?? 'YOUR_CHAT_MODEL',
    embeddings: find('embeddings') ?? 'YOUR_EMBEDDING_MODEL',
  };
}
