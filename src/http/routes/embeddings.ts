import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  parseEmbeddingRequest,
  toEmbeddingList,
} from '../../protocol/openai/embeddings/embedding-conversions.ts';
import { toEmbeddingParam } from '../../protocol/openai/embeddings/to-embedding-param.ts';
import { explainTokenIds, tokenIdsWarning } from '../../protocol/openai/embeddings/token-ids-advice.ts';
import type { EmbeddingService } from '../../service/embeddings.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { noteModel } from '../request-state.ts';

/** POST /embeddings */
export function createEmbeddingsHandler(frame: UseCaseFrame, embeddings: EmbeddingService) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const parsed = parseEmbeddingRequest(readBody(request), { strict: isStrict(request) });
    const { model, dimensions } = parsed.request;
    noteModel(request, model);
    request.state.toParam = toEmbeddingParam;
    const useCase = openUseCase(frame, request, reply, { endpoint: 'embeddings', model });
    const made = await embeddings
      .embed(useCase, parsed.inputs, dimensions ?? undefined)
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
