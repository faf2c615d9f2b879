import type { ChatMessage, GenerationRequest } from '../src/backend/generation-request.ts';

/** The conversation of a request; throws where its prompt is none. */
export function messagesOf({ prompt }: Pick<GenerationRequest, 'prompt'>): readonly ChatMessage[] {
  if (prompt.kind !== 'chat')
    throw new Error(`The prompt is no conversation but of the kind ${prompt.kind}.`);
  return prompt.messages;
}
