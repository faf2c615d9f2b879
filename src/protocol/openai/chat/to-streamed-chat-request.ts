import type { ChatCompletionRequest } from './chat-completion-request.ts';

/** One message of a conversation, as a client keeps it. */
export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

export interface StreamedChatRequestParts {
  readonly model: string;
  readonly messages: readonly ChatTurn[];
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
}

/** The body that a client of this API sends for a streamed answer. */
export function toStreamedChatRequest(parts: StreamedChatRequestParts): ChatCompletionRequest {
  const { model, messages, temperature, maxTokens } = parts;
  return {
    model,
    messages: messages.map(({ role, text }) => ({ role, content: text })),
    stream: true,
    ...(temperature === undefined ? {} : { temperature }),
    // Its older name `max_tokens` is what every server of this kind knows.
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  };
}
