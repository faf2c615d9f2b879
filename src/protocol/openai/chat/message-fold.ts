import type { GenerationEvent } from '../../../backend/generation-event.ts';
import type { ChatCompletion } from './chat-completion.ts';

type AnswerMessage = ChatCompletion['choices'][number]['message'];

/** Events of which a message is made. */
export type MessageEvent = Exclude<GenerationEvent, { readonly type: 'started' | 'echo' | 'finish' }>;

export interface MessageFold {
  add(event: MessageEvent): void;
  finish(): AnswerMessage;
}

interface CallInProgress {
  readonly id: string;
  readonly name: string;
  readonly argumentTexts: string[];
}

/** Puts the pieces of an answer together. */
export function createMessageFold(): MessageFold {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: CallInProgress[] = [];
  return {
    add: (event) => {
      switch (event.type) {
        case 'text-delta':
          texts.push(event.text);
          break;
        case 'reasoning-delta':
          thoughts.push(event.text);
          break;
        case 'tool-call-start':
          calls[event.callIndex] = { id: event.id, name: event.name, argumentTexts: [] };
          break;
        case 'tool-call-delta':
          calls[event.callIndex]?.argumentTexts.push(event.argumentsText);
          break;
        default:
          event satisfies never;
      }
    },
    finish: () => {
      const content = texts.join('');
      return {
        role: 'assistant',
        content: content === '' && calls.length > 0 ? null : content,
        refusal: null,
        ...(thoughts.length > 0 ? toReasoning(thoughts.join('')) : {}),
        ...(calls.length > 0 ? { tool_calls: calls.map(toToolCall) } : {}),
      };
    },
  };
}

/** The reasoning, under the two names that clients read: DeepSeek's and vLLM's. */
export function toReasoning(text: string) {
  return { reasoning_content: text, reasoning: text };
}

function toToolCall({ id, name, argumentTexts }: CallInProgress) {
  return { id, type: 'function' as const, function: { name, arguments: argumentTexts.join('') } };
}
