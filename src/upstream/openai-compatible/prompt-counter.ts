import type { Backend } from '../../backend/backend.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';

/** How long a count may take, in milliseconds: a row of the ledger waits for it. */
const countMsMax = 1000;

/** Counts of one deployment at the same time: when many clients leave at once, the others are estimated. */
const countsMax = 8;

/** The tokens of a prompt; undefined: the upstream did not say them in time. */
export type PromptCounter = (request: GenerationRequest) => Promise<number | undefined>;

/** Counts the prompts of answers that were left before their usage came. undefined: the upstream can't. */
export function createPromptCounter(countTokens: Backend['countTokens']): PromptCounter | undefined {
  if (countTokens === undefined) return undefined;
  let running = 0;
  return async (request) => {
    if (running >= countsMax) return undefined;
    running += 1;
    try {
      return await countTokens(request, AbortSignal.timeout(countMsMax));
    } catch {
      return undefined;
    } finally {
      running -= 1;
    }
  };
}
