import { BackendError } from '../../../backend/backend-error.ts';

const tokenIdsAdvice =
  "Token ids must be of this model's own vocabulary: send texts instead. LangChain's OpenAIEmbeddings sends ids of OpenAI's vocabulary unless check_embedding_ctx_length=False is set.";

/** Ids of another vocabulary are mostly ids of this one too, and mean something else. */
export const tokenIdsWarning = `'input' has token ids. ${tokenIdsAdvice}`;

/** An id that the model does not have is one of those; other errors are left as they are. */
export function explainTokenIds(error: unknown): unknown {
  const isUnknown = error instanceof BackendError && error.code === 'unknown_prompt_token';
  return isUnknown
    ? new BackendError(error.code, [error.sentence, ' ', tokenIdsAdvice].flat(), { place: error.place })
    : error;
}
