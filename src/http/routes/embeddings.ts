import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  parseEmbeddingRequest,
  toEmbeddingList,
} from '../../protocol/openai/embeddings/embedding-conversions.ts';
import { toEmbeddingParam } from '../../protocol/openai/embeddings/to-embedding-param.ts';
import { explainTokenIds, tokenIdsWarning } from '../../protocol/openai/embeddings/token-ids-advice.ts';
import type { EmbeddingService } from '../../service/embeddings.ts';
import { createClientSignal } from '../client-signal.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';

/** POST /embeddings */
export function createEmbeddingsHandler(embeddings: EmbeddingService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseEmbeddingRequest(readBody(request), { strict: isStrict(request) });
    const { model, dimensions } = parsed.request;
    request.state.model = model;
    request.state.toParam = toEmbeddingParam;
    const made = await embeddings
      .embed(
        model,
        { id: request.id, callerId: toOwnerId(request), inputs: parsed.inputs },
        dimensions ?? undefined,
        createClientSignal(reply),
      )
      .catch((error: unknown) => {
        throw explainTokenIds(error);
      });
    const hasTokenIds = parsed.inputs.some(({ kind }) => kind === 'tokens');
    return reply
      .headers(toIgnoredHeaders(parsed.ignoredParameters))
      .headers(hasTokenIds ? { 'x-warning': tokenIdsWarning } : {})
      .send(toEmbeddingList(made, parsed.request));
  };
}
