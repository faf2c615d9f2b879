import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { FinishEvent, GenerationEvent, TokenLogprob } from '../../../backend/generation-event.ts';
import { toCompletionUsage } from '../shared/completion-usage.ts';
import { toStopReason } from '../shared/stop-reason.ts';
import { sumUsage } from '../shared/sum-usage.ts';
import { type ChatCompletion, toFinishReason } from './chat-completion.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toChoiceLogprobs } from './choice-logprobs.ts';
import { createMessageFold, type MessageFold } from './message-fold.ts';

export interface AnswerOptions {
  /** The number of choices. */
  readonly choiceCount: number;
  /** Log-probabilities were asked for: there are some, even of an answer without text. */
  readonly logprobs: boolean;
}

/** One choice as far as it has come. */
interface Draft {
  readonly message: MessageFold;
  readonly tokens: TokenLogprob[];
  finish: FinishEvent | undefined;
}

/** An answer that is put together while its events pass. */
export interface ChatCompletionFold {
  /** True when this was the last event: every choice has had its `finish`. */
  add(event: ChoiceEvent): boolean;
  /** The answer, once `add` has said true. */
  finish(): ChatCompletion;
}

/**
 * The plain answer: the fold of the events of all choices. What the stream throws goes through.
 *
 * @throws {Error} when the stream ends before each choice had its `finish` event, which no backend may do: an answer
 * that broke off must not look whole.
 */
export async function toChatCompletion(
  events: AsyncIterable<ChoiceEvent>,
  envelope: ChatCompletionEnvelope,
  options: AnswerOptions,
): Promise<ChatCompletion> {
  const fold = createChatCompletionFold(envelope, options);
  for await (const event of events) {
    if (fold.add(event)) return fold.finish();
  }
  throw brokenOff();
}

export function createChatCompletionFold(
  envelope: ChatCompletionEnvelope,
  { choiceCount, logprobs }: AnswerOptions,
): ChatCompletionFold {
  const drafts = Array.from(
    { length: choiceCount },
    (): Draft => ({ message: createMessageFold(), tokens: [], finish: undefined }),
  );
  return {
    add: ({ choice, event }) => {
      const draft = drafts[choice];
      if (draft !== undefined) addToDraft(draft, event);
      return event.type === 'finish' && drafts.every(isFinished);
    },
    finish: () => {
      if (!drafts.every(isFinished)) throw brokenOff();
      return {
        id: envelope.id,
        object: 'chat.completion',
        created: envelope.createdAtSeconds,
        model: envelope.model,
        system_fingerprint: envelope.systemFingerprint,
        ...(envelope.serviceTier === undefined ? {} : { service_tier: envelope.serviceTier }),
        choices: drafts.map(({ message, tokens, finish }, index) => ({
          index,
          message: message.finish(),
          logprobs: logprobs ? toChoiceLogprobs(tokens) : null,
          finish_reason: toFinishReason(finish.reason),
          ...toStopReason(finish),
        })),
        usage: toCompletionUsage(sumUsage(drafts.map(({ finish }) => finish.usage)), envelope.toCost),
      };
    },
  };
}

function addToDraft(draft: Draft, event: GenerationEvent): void {
  switch (event.type) {
    case 'started':
    case 'echo':
      break;
    case 'text-delta':
      draft.message.add(event);
      draft.tokens.push(...(event.logprobs ?? []));
      break;
    case 'reasoning-delta':
    case 'tool-call-start':
    case 'tool-call-delta':
      draft.message.add(event);
      break;
    case 'finish':
      draft.finish = event;
      break;
    default:
      event satisfies never;
  }
}

type FinishedDraft = Draft & { readonly finish: FinishEvent };

function isFinished(draft: Draft): draft is FinishedDraft {
  return draft.finish !== undefined;
}

function brokenOff(): Error {
  return new Error('The generation ended without a finish event.');
}
