import type { ChatTurn } from '../protocol/openai/chat/to-streamed-chat-request.ts';
import { type ChatClient, ChatFailure } from './chat-client.ts';

/** How a turn ended. `notice` is a sentence for the person, where there is something to say. */
export interface TurnOutcome {
  readonly kind: 'complete' | 'stopped' | 'failed';
  readonly notice: string | undefined;
}

/** The turns so far. The next question carries all of them. */
export interface Conversation {
  /** Asks, and gives each piece of the answer out as it comes. Failures become an outcome. */
  ask(question: string, signal: AbortSignal, onText: (text: string) => void): Promise<TurnOutcome>;
  /** Forgets every turn but the system message. */
  clear(): void;
}

export interface ConversationOptions {
  readonly client: ChatClient;
  readonly system: string | undefined;
  /** Whether the person set a limit of tokens: without one, `length` has one of several reasons. */
  readonly hasTokenLimit: boolean;
}

export function createConversation({ client, system, hasTokenLimit }: ConversationOptions): Conversation {
  const start: readonly ChatTurn[] = system === undefined ? [] : [{ role: 'system', text: system }];
  let turns = start;

  return {
    ask: async (question, signal, onText) => {
      const asked: readonly ChatTurn[] = [...turns, { role: 'user', text: question }];
      let answer = '';
      let finishReason: string | undefined;
      let outcome: TurnOutcome;
      try {
        for await (const event of client.ask(asked, signal)) {
          if (event.type === 'text') {
            answer += event.text;
            onText(event.text);
          } else {
            finishReason = event.finishReason;
          }
        }
        outcome = { kind: 'complete', notice: toNotice(finishReason, hasTokenLimit) };
      } catch (error) {
        outcome = toOutcome(error, signal);
      }
      // What the person has read is part of the conversation, however it ended. A question without any answer
      // is not: asked again, it would stand there twice.
      if (outcome.kind === 'complete' || answer !== '') {
        turns = [...asked, { role: 'assistant', text: answer }];
      }
      return outcome;
    },
    clear: () => {
      turns = start;
    },
  };
}

function toOutcome(error: unknown, signal: AbortSignal): TurnOutcome {
  if (signal.aborted) return { kind: 'stopped', notice: undefined };
  if (error instanceof ChatFailure) return { kind: 'failed', notice: error.message };
  throw error;
}

function toNotice(finishReason: string | undefined, hasTokenLimit: boolean): string | undefined {
  if (finishReason !== 'length') return undefined;
  return hasTokenLimit
    ? 'The answer reached the limit of --max-tokens.'
    : 'The answer is cut here: it got too long, repeated itself, or filled the context. /clear starts a new conversation.';
}
