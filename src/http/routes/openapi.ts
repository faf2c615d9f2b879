import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelService, ServedModel } from '../../service/models/models.ts';
import {
  createOpenApiDocument,
  type DescribedRoute,
  type SampleModels,
} from '../openapi/create-openapi-document.ts';
import type { OpenApiDocument } from '../openapi/openapi-document.ts';
import { toServerUrl } from '../server-url.ts';

export interface DocumentReaderOptions {
  readonly models: ModelService;
  /** All routes, asked for with the first request: the one of the document is among them. */
  readonly listRoutes: () => readonly DescribedRoute[];
  readonly version: string;
  readonly publicUrl: string | undefined;
}

/** The document as it answers a request: its samples carry the address that was asked, and models that its key may use. */
export function createDocumentReader({ models, listRoutes, version, publicUrl }: DocumentReaderOptions) {
  return async (request: FastifyRequest): Promise<OpenApiDocument> => {
    const context = { serverUrl: toServerUrl(request, publicUrl) };
    const sampleModels = toSampleModels(await models.list(request.state.caller?.key));
    return createOpenApiDocument({ routes: listRoutes(), version, context, models: sampleModels });
  };
}

/** GET /openapi.json */
export function createOpenApiHandler(readDocument: (request: FastifyRequest) => Promise<OpenApiDocument>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.header('cache-control', 'no-cache').send(await readDocument(request));
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
