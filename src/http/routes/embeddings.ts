import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseEmbeddingRequest, toEmbeddingList } from '../../protocol/openai/embedding-conversions.ts';
import type { EmbeddingService } from '../../service/embeddings.ts';
import { createClientSignal } from '../client-signal.ts';
import { toPromptError } from '../http-error.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';

/** POST /embeddings */
export function createEmbeddingsHandler(embeddings: EmbeddingService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseEmbeddingRequest(readBody(request), { strict: isStrict(request) });
    const { model, dimensions } = parsed.request;
    request.state.model = model;
    const made = await embeddings
      .embed(
        model,
        { id: request.id, callerId: toOwnerId(request), inputs: parsed.inputs },
        dimensions ?? undefined,
        createClientSignal(reply),
      )
      .catch((error: unknown) => {
        throw toPromptError(error, 'input');
      });
    return reply
      .headers(toIgnoredHeaders(parsed.ignoredParameters))
      .send(toEmbeddingList(made, parsed.request));
  };
}
