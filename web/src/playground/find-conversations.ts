import type { Conversation, Message } from './conversation.ts';

/** The conversations that contain all words of the query, in their titles or messages. */
export function findConversations(all: readonly Conversation[], query: string): readonly Conversation[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return all;
  return all.filter((conversation) => {
    const text = [conversation.title, ...conversation.lanes.flatMap(({ messages }) => messages.map(toText))]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
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
