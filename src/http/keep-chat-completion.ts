import type { ChoiceEvent } from '../backend/choice-event.ts';
import type { ChatCompletion } from '../protocol/openai/chat/chat-completion.ts';
import type { ChatCompletionEnvelope } from '../protocol/openai/chat/chat-completion-envelope.ts';
import { type AnswerOptions, createChatCompletionFold } from '../protocol/openai/chat/to-chat-completion.ts';

/**
 * The same events. Before the last one goes on the answer is whole, and is kept: whoever has read the end of a stream
 * finds it stored. An answer that breaks off is not.
 */
export async function* keepChatCompletion(
  events: AsyncIterable<ChoiceEvent>,
  envelope: ChatCompletionEnvelope,
  options: AnswerOptions,
  keep: (completion: ChatCompletion) => Promise<void>,
): AsyncGenerator<ChoiceEvent> {
  const fold = createChatCompletionFold(envelope, options);
  for await (const event of events) {
    if (fold.add(event)) await keep(fold.finish());
    yield event;
  }
}
