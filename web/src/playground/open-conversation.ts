import { createStore } from '../api/create-store.ts';
import { changeLane, startAnswers } from './answer-runs.ts';
import {
  addMessage,
  type Conversation,
  createConversation,
  createMessageId,
  type Lane,
  toTitle,
} from './conversation.ts';
import { changeConversation, findConversation } from './conversations.ts';

/** The conversation that is shown. One without messages is kept nowhere. */
export const openConversation = createStore<{ readonly id: string; readonly draft: Conversation }>(
  toOpened(createConversation('')),
);

function toOpened(draft: Conversation) {
  return { id: draft.id, draft };
}

function readOpenConversation(): Conversation {
  const { id, draft } = openConversation.get();
  return findConversation(id) ?? draft;
}

/** Starts one with the models and the settings of the present one. */
export function startConversation(): void {
  const { lanes, settings } = readOpenConversation();
  const fresh = createConversation('', settings);
  openConversation.set(
    toOpened({ ...fresh, lanes: lanes.map(({ model }) => ({ model, messages: [], headId: null })) }),
  );
}

export function showConversation(id: string): void {
  openConversation.set({ ...openConversation.get(), id });
}

export function changeOpenConversation(change: (conversation: Conversation) => Conversation): void {
  const { id, draft } = openConversation.get();
  if (findConversation(id) !== undefined) changeConversation(id, change);
  else openConversation.set(toOpened(change(draft)));
}

export function sendMessage(text: string, images: readonly string[]): void {
  const conversation = readOpenConversation();
  const lanes = conversation.lanes.map((lane) => addUserMessage(lane, lane.headId, text, images));
  const title = conversation.title === '' ? toTitle(text) || 'Picture' : conversation.title;
  startAnswers(
    { ...conversation, lanes, title },
    lanes.map((_lane, index) => index),
  );
}

/** Another version of a question, on a path of its own. */
export function editMessage(
  laneIndex: number,
  parentId: string | null,
  text: string,
  images: readonly string[],
): void {
  const change = (lane: Lane) => addUserMessage(lane, parentId, text, images);
  startAnswers(changeLane(readOpenConversation(), laneIndex, change), [laneIndex]);
}

/** Another answer to the message before it. */
export function regenerateAnswer(laneIndex: number, parentId: string | null): void {
  startAnswers(
    changeLane(readOpenConversation(), laneIndex, (lane) => ({ ...lane, headId: parentId })),
    [laneIndex],
  );
}

export function sendResults(laneIndex: number, results: readonly { callId: string; text: string }[]): void {
  const change = (lane: Lane) =>
    addMessage(lane, { id: createMessageId(), parentId: lane.headId, kind: 'tool', results });
  startAnswers(changeLane(readOpenConversation(), laneIndex, change), [laneIndex]);
}

function addUserMessage(lane: Lane, parentId: string | null, text: string, images: readonly string[]): Lane {
  return addMessage(lane, { id: createMessageId(), parentId, kind: 'user', text, images });
}
