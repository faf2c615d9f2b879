import { toErrorText } from '../api/api-error.ts';
import { createStore } from '../api/create-store.ts';
import { showToast } from '../ui/toast.tsx';
import type { Conversation } from './conversation.ts';
import { openDatabase, put, readAll, remove } from './conversation-database.ts';

/** All conversations of this browser, the newest first. Undefined until they are read. */
export const conversations = createStore<readonly Conversation[] | undefined>(undefined);

/** Tabs tell each other that the conversations have changed. */
const changes = new BroadcastChannel('gravix.conversations');
changes.addEventListener('message', () => void loadConversations());

export async function loadConversations(): Promise<void> {
  try {
    const all = await readAll(await openDatabase());
    conversations.set(all.sort((a, b) => b.updatedAtMs - a.updatedAtMs));
  } catch (error) {
    // A private window may have no database: the console works, and forgets.
    conversations.set(conversations.get() ?? []);
    showToast(`Conversations are not kept: ${toErrorText(error)}`, 'error');
  }
}

export function findConversation(id: string): Conversation | undefined {
  return conversations.get()?.find((conversation) => conversation.id === id);
}

export function saveConversation(conversation: Conversation): void {
  const others = (conversations.get() ?? []).filter(({ id }) => id !== conversation.id);
  conversations.set([conversation, ...others].sort((a, b) => b.updatedAtMs - a.updatedAtMs));
  void keep((database) => put(database, conversation));
}

/** Changes a conversation as it is now, which may be later than the caller saw it. */
export function changeConversation(id: string, change: (conversation: Conversation) => Conversation): void {
  const conversation = findConversation(id);
  if (conversation !== undefined) saveConversation(change(conversation));
}

export function removeConversation(id: string): void {
  conversations.set((conversations.get() ?? []).filter((conversation) => conversation.id !== id));
  void keep((database) => remove(database, id));
}

async function keep(work: (database: IDBDatabase) => Promise<void>): Promise<void> {
  try {
    await work(await openDatabase());
    changes.postMessage('changed');
  } catch (error) {
    showToast(`The conversation was not kept: ${toErrorText(error)}`, 'error');
  }
}
