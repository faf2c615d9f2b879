import { createContextOverflowError } from '../backend/backend-error.ts';
import type { GenerationPrompt } from '../backend/generation-request.ts';
import { toText } from '../backend/message-content.ts';
import type { EngineFacts } from './engine-message.ts';

/**
 * A text that can't fit whatever its tokens are is refused before it is tokenised: 8 MB would hold up
 * every stream for two seconds. The count in the message is then a lower bound.
 * @param facts undefined: not known yet
 */
export function assertMayFit(facts: EngineFacts | undefined, prompt: GenerationPrompt): void {
  if (facts === undefined) return;
  const { contextLength, tokenBytesMax } = facts;
  const tokensMin = countTokensMin(prompt, tokenBytesMax);
  if (tokensMin >= contextLength) {
    throw createContextOverflowError(contextLength, tokensMin, prompt.kind);
  }
}

/** As many tokens as the prompt has at least, whatever its text. */
function countTokensMin(prompt: GenerationPrompt, tokenBytesMax: number): number {
  switch (prompt.kind) {
    case 'chat': {
      const bytes = prompt.messages.reduce((sum, { content }) => sum + Buffer.byteLength(toText(content)), 0);
      return Math.max(prompt.messages.length, Math.ceil(bytes / tokenBytesMax));
    }
    case 'text':
      return Math.ceil(Buffer.byteLength(prompt.text + (prompt.suffix ?? '')) / tokenBytesMax);
    case 'tokens':
      return prompt.tokens.length;
  }
}
