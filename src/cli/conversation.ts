import type { ChatTurn } from '../protocol/openai/chat/to-streamed-chat-request.ts';
import { type ChatClient, ChatFailure } from './chat-client.ts';

/** The outcome of a turn. `notice` is a sentence for the user. */
export interface TurnOutcome {
  readonly kind: 'complete' | 'stopped' | 'failed';
  readonly notice: string | undefined;
}

/** The messages so far. Every question sends all of them. */
export interface Conversation {
  /** Sends a question and passes on each piece of the answer. Failures become an outcome. */
  ask(question: string, signal: AbortSignal, onText: (text: string) => void): Promise<TurnOutcome>;
  /** Forgets all messages except the system message. */
  clear(): void;
}

export interface ConversationOptions {
  readonly client: ChatClient;
  readonly system: string | undefined;
  /** Whether the user set a token limit. Without one, `length` has several possible reasons. */
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
      // Keep what the user has read, even if the answer was cut off. Drop a question without an answer, or
      // asking it again would repeat it.
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
    : 'The answer is cut off here: it was too long, repeated itself, or filled the context. /clear starts a new conversation.';
}
