import type { GenerationEvent } from '../../backend/generation-event.ts';
import { type ChatCompletion, toFinishReason } from './chat-completion.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toCompletionUsage } from './completion-usage.ts';
import { createMessageFold } from './message-fold.ts';

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
  const message = createMessageFold();
  for await (const event of events) {
    switch (event.type) {
      case 'started':
        break;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        message.add(event);
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
              message: message.finish(),
              logprobs: null,
              finish_reason: toFinishReason(event.reason),
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
