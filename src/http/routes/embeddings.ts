import type { FastifyReply, FastifyRequest } from 'fastify';
import { BackendError } from '../../backend/backend-error.ts';
import {
  parseEmbeddingRequest,
  toEmbeddingList,
} from '../../protocol/openai/embeddings/embedding-conversions.ts';
import type { EmbeddingService } from '../../service/embeddings.ts';
import { createClientSignal } from '../client-signal.ts';
import { toPromptError } from '../http-error.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { toOwnerId } from '../request-state.ts';

const tokenIdsAdvice =
  "Token ids must be of this model's own vocabulary: send texts instead. LangChain's OpenAIEmbeddings sends ids of OpenAI's vocabulary unless check_embedding_ctx_length=False is set.";

const tokenIdsWarning = `'input' has token ids. ${tokenIdsAdvice}`;

/** Ids of another vocabulary are mostly ids of this one too, and mean something else. */
function explainTokenIds(error: unknown): unknown {
  const isUnknown = error instanceof BackendError && error.code === 'unknown_prompt_token';
  return isUnknown ? new BackendError(error.code, `${error.message} ${tokenIdsAdvice}`) : error;
}

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
        throw toPromptError(explainTokenIds(error), 'input');
      });
    const hasTokenIds = parsed.inputs.some(({ kind }) => kind === 'tokens');
    return reply
      .headers(toIgnoredHeaders(parsed.ignoredParameters))
      .headers(hasTokenIds ? { 'x-warning': tokenIdsWarning } : {})
      .send(toEmbeddingList(made, parsed.request));
  };
}
