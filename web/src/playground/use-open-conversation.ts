import { useStore } from '../api/use-store.ts';
import type { Conversation } from './conversation.ts';
import { conversations } from './conversations.ts';
import { openConversation } from './open-conversation.ts';

export function useOpenConversation(): Conversation {
  const { id, draft } = useStore(openConversation);
  const all = useStore(conversations);
  return all?.find((conversation) => conversation.id === id) ?? draft;
}
