// Requests that begin alike are served best where the beginning is in the prompt cache. Their affinity is a number that is
// the same for all turns of a conversation.
import type { GenerationRequest } from '../backend/generation-request.ts';
import { toText } from '../backend/message-content.ts';
import { hashText } from './hash.ts';

export interface Affinity {
  readonly hash: number;
  /** The client has named it, by `prompt_cache_key` or `user`. */
  readonly isNamed: boolean;
}

/** UTF-16 code units of each message that are looked at. */
const messageCharactersMax = 512;
/** Messages of a conversation that are looked at, unless its first user message comes earlier. */
const messagesMax = 8;
/** Code units of a raw prompt: so few that the prompt of a later turn, which is longer, begins with as many. */
const promptCharactersMax = 256;
/** The same for token ids. */
const promptTokensMax = 64;

export function toAffinity(modelName: string, { cacheKey, prompt }: GenerationRequest): Affinity {
  const seed = hashText(modelName);
  if (cacheKey !== undefined) return { hash: hashText(cacheKey, seed), isNamed: true };
  return { hash: hashPrompt(prompt, seed), isNamed: false };
}

/** A conversation begins with its messages to the first one of its user: later turns add to them. */
function hashPrompt(prompt: GenerationRequest['prompt'], seed: number): number {
  switch (prompt.kind) {
    case 'text':
      return hashText(prompt.text.slice(0, promptCharactersMax), seed);
    case 'tokens':
      return hashText(prompt.tokens.slice(0, promptTokensMax).join(), seed);
    case 'chat': {
      let hash = seed;
      for (const { role, content } of prompt.messages.slice(0, messagesMax)) {
        hash = hashText(toText(content).slice(0, messageCharactersMax), hashText(role, hash));
        if (role === 'user') break;
      }
      return hash;
    }
  }
}
