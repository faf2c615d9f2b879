import type { ChatMessage, ChatPrompt } from '../src/backend/generation-request.ts';

/** A conversation as a prompt. */
export function chatPrompt(messages: readonly ChatMessage[]): ChatPrompt {
  return { kind: 'chat', messages };
}
