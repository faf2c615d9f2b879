import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelService } from '../../service/models.ts';
import { createOpenApiDocument, type DescribedRoute } from '../openapi/create-openapi-document.ts';
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
    const model = (await models.list())[0]?.name ?? '';
    const surroundings = { serverUrl: toServerUrl(request, publicUrl), model };
    reply.header('cache-control', 'no-cache');
    return reply.send(createOpenApiDocument({ routes: listRoutes(), version, surroundings }));
  };
}
