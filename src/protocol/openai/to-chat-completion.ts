import type { GenerationEvent } from '../../backend/generation-event.ts';
import type { ChatCompletion } from './chat-completion.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toCompletionUsage } from './completion-usage.ts';

/**
 * The plain answer: the fold of a completion's events. What the stream throws goes through.
 *
 * @throws {Error} when the stream ends without its `finish` event, which no backend may do: an answer that
 * broke off must not look whole.
 */
export async function toChatCompletion(
  events: AsyncIterable<GenerationEvent>,
  envelope: ChatCompletionEnvelope,
): Promise<ChatCompletion> {
  const texts: string[] = [];
  for await (const event of events) {
    switch (event.type) {
      case 'started':
        break;
      case 'text-delta':
        texts.push(event.text);
        break;
      case 'finish':
        return {
          id: envelope.id,
          object: 'chat.completion',
          created: envelope.createdAtSeconds,
          model: envelope.model,
          system_fingerprint: envelope.systemFingerprint,
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: texts.join(''), refusal: null },
              logprobs: null,
              finish_reason: event.reason,
            },
          ],
          usage: toCompletionUsage(event.usage),
        };
      default:
        event satisfies never;
    }
  }
  throw new Error('The generation ended without a finish event.');
}
