import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { FinishEvent, TokenLogprob } from '../../backend/generation-event.ts';
import { type ChatCompletion, toFinishReason } from './chat-completion.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toChoiceLogprobs } from './choice-logprobs.ts';
import { toCompletionUsage } from './completion-usage.ts';
import { createMessageFold, type MessageFold } from './message-fold.ts';
import { sumUsage } from './sum-usage.ts';

export interface AnswerOptions {
  /** How many choices there are. */
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

/**
 * The plain answer: the fold of the events of all choices. What the stream throws goes through.
 *
 * @throws {Error} when the stream ends before each choice had its `finish` event, which no backend may do: an answer
 * that broke off must not look whole.
 */
export async function toChatCompletion(
  events: AsyncIterable<ChoiceEvent>,
  envelope: ChatCompletionEnvelope,
  { choiceCount, logprobs }: AnswerOptions,
): Promise<ChatCompletion> {
  const drafts = await foldChoices(events, choiceCount);
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
    })),
    usage: toCompletionUsage(sumUsage(drafts.map(({ finish }) => finish.usage))),
  };
}

type FinishedDraft = Draft & { readonly finish: FinishEvent };

async function foldChoices(
  events: AsyncIterable<ChoiceEvent>,
  choiceCount: number,
): Promise<FinishedDraft[]> {
  const drafts = Array.from(
    { length: choiceCount },
    (): Draft => ({ message: createMessageFold(), tokens: [], finish: undefined }),
  );
  for await (const { choice, event } of events) {
    const draft = drafts[choice];
    switch (event.type) {
      case 'started':
        break;
      case 'text-delta':
        draft?.message.add(event);
        draft?.tokens.push(...(event.logprobs ?? []));
        break;
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        draft?.message.add(event);
        break;
      case 'finish':
        if (draft !== undefined) draft.finish = event;
        if (drafts.every(isFinished)) return drafts;
        break;
      default:
        event satisfies never;
    }
  }
  throw new Error('The generation ended without a finish event.');
}

function isFinished(draft: Draft): draft is FinishedDraft {
  return draft.finish !== undefined;
}
