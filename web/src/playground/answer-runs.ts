import { createStore } from '../api/create-store.ts';
import { addMessage, type Conversation, createMessageId, type Lane } from './conversation.ts';
import { changeConversation, findConversation, saveConversation } from './conversations.ts';
import { type AnswerRun, runAnswer } from './run-answer.ts';
import { toChatRequest } from './to-chat-request.ts';

/** The answers under way, by conversation and lane. They go on while another conversation is open. */
export const answerRuns = createStore<Readonly<Record<string, AnswerRun>>>({});

export function toRunName(conversationId: string, laneIndex: number): string {
  return `${conversationId}/${laneIndex}`;
}

/** Saves the conversation, and asks for the next answer of some lanes. */
export function startAnswers(conversation: Conversation, laneIndexes: readonly number[]): void {
  saveConversation({ ...conversation, updatedAtMs: Date.now() });
  for (const index of laneIndexes) void startAnswer(conversation.id, index);
}

async function startAnswer(conversationId: string, laneIndex: number): Promise<void> {
  const conversation = findConversation(conversationId);
  const lane = conversation?.lanes[laneIndex];
  if (conversation === undefined || lane === undefined) return;
  const run = runAnswer(createMessageId(), lane.model, toChatRequest(lane, conversation.settings));
  const name = toRunName(conversationId, laneIndex);
  const parentId = lane.headId;
  answerRuns.set({ ...answerRuns.get(), [name]: run });
  const answer = await run.finished;
  changeConversation(conversationId, (current) =>
    changeLane(current, laneIndex, (shown) =>
      addMessage(shown, { id: run.messageId, parentId, kind: 'assistant', answer }),
    ),
  );
  const { [name]: _finished, ...others } = answerRuns.get();
  answerRuns.set(others);
}

export function stopAnswers(conversationId: string): void {
  for (const [name, run] of Object.entries(answerRuns.get())) {
    if (name.startsWith(`${conversationId}/`)) run.stop();
  }
}

export function changeLane(
  conversation: Conversation,
  laneIndex: number,
  change: (lane: Lane) => Lane,
): Conversation {
  const lanes = conversation.lanes.map((lane, index) => (index === laneIndex ? change(lane) : lane));
  return { ...conversation, lanes };
}
