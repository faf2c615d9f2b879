import { createWordSearch } from '../ui/search-words.ts';
import type { Conversation, Message } from './conversation.ts';

/** The conversations that contain all words of the query, in their titles or messages. */
export function findConversations(all: readonly Conversation[], query: string): readonly Conversation[] {
  if (query.trim() === '') return all;
  const hasWords = createWordSearch(query);
  return all.filter(({ title, lanes }) =>
    hasWords([title, ...lanes.flatMap(({ messages }) => messages.map(toText))].join('\n')),
  );
}

function toText(message: Message): string {
  switch (message.kind) {
    case 'user':
      return message.text;
    case 'assistant':
      return message.answer.text;
    case 'tool':
      return message.results.map(({ text }) => text).join('\n');
  }
}
