import type { ChatMessage, Verbosity } from './generation-request.ts';
import { textContent, toText } from './message-content.ts';

/** What the model reads. OpenAI's models get their verbosity in the system message too. */
export const verbosityTexts: Readonly<Record<Verbosity, string>> = {
  low: 'Answer briefly: as short as a complete answer can be.',
  high: 'Answer in detail: explain each point, and give examples where they help.',
};

/**
 * The conversation with the wish for a length in its system message, for models without a parameter for it. It stands behind
 * the message's own text, so that requests with and without it begin alike.
 */
export function withVerbosity(
  messages: readonly ChatMessage[],
  verbosity: Verbosity | undefined,
): readonly ChatMessage[] {
  if (verbosity === undefined) return messages;
  const wish = verbosityTexts[verbosity];
  const [first, ...others] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: textContent(wish) }, ...messages];
  const own = toText(first.content);
  return [{ ...first, content: textContent(own === '' ? wish : `${own}\n\n${wish}`) }, ...others];
}
