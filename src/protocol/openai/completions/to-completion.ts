import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { EchoedToken, FinishEvent, TokenUsage } from '../../../backend/generation-event.ts';
import { type CompletionUsage, type ToCost, toCompletionUsage } from '../shared/completion-usage.ts';
import { toStopReason } from '../shared/stop-reason.ts';
import { sumUsage } from '../shared/sum-usage.ts';
import {
  type Completion,
  type CompletionAnswer,
  type CompletionEnvelope,
  toCompletionFinishReason,
} from './completion.ts';
import { createCompletionLogprobsWriter } from './completion-logprobs.ts';

/** One choice as far as it has come. */
interface Draft {
  readonly texts: string[];
  readonly tokens: EchoedToken[];
  /** Counts generated tokens only, without an echo. */
  readonly logprobs: number[];
  finish: FinishEvent | undefined;
}

type FinishedDraft = Draft & { readonly finish: FinishEvent };

/**
 * The plain answer: the fold of the events of all choices of all prompts. What the stream throws goes through.
 *
 * @param topCount alternatives that were asked for.
 * @throws {Error} when the stream ends before each choice had its `finish` event, which no backend may do.
 */
export async function toCompletion(
  events: AsyncIterable<ChoiceEvent>,
  envelope: CompletionEnvelope,
  answer: CompletionAnswer,
  topCount: number,
): Promise<Completion> {
  const { promptCount, choiceCount, madeCount, logprobs } = answer;
  const made = await foldChoices(events, promptCount * madeCount);
  const groups = Array.from({ length: promptCount }, (_, index) =>
    made.slice(index * madeCount, (index + 1) * madeCount),
  );
  return {
    id: envelope.id,
    object: 'text_completion',
    created: envelope.createdAtSeconds,
    model: envelope.model,
    system_fingerprint: envelope.systemFingerprint,
    choices: groups
      .flatMap((group) => pickBest(group, choiceCount))
      .map(({ texts, tokens, finish }, index) => ({
        index,
        text: texts.join(''),
        logprobs: logprobs ? createCompletionLogprobsWriter(topCount).write(tokens) : null,
        finish_reason: toCompletionFinishReason(finish.reason),
        ...toStopReason(finish),
      })),
    usage: sumPrompts(
      groups.map((group) => group.map(({ finish }) => finish.usage)),
      envelope.toCost,
    ),
  };
}

/** The usage of all choices of each prompt in their order: each prompt counts once. */
export function sumPrompts(groups: readonly (readonly TokenUsage[])[], toCost?: ToCost): CompletionUsage {
  const sums = groups.map(sumUsage);
  const sum = (count: (usage: TokenUsage) => number) =>
    sums.reduce((total, usage) => total + count(usage), 0);
  return toCompletionUsage(
    {
      ...sumUsage(sums),
      promptTokens: sum(({ promptTokens }) => promptTokens),
      cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    },
    toCost,
  );
}

/**
 * The choices with the highest mean log-probability, best first. In order of generation if all are returned.
 */
function pickBest(drafts: readonly FinishedDraft[], count: number): readonly FinishedDraft[] {
  if (drafts.length === count) return drafts;
  return [...drafts].sort((a, b) => toMean(b.logprobs) - toMean(a.logprobs)).slice(0, count);
}

/** An answer without tokens is as likely as can be. */
function toMean(logprobs: readonly number[]): number {
  return logprobs.reduce((sum, logprob) => sum + logprob, 0) / Math.max(1, logprobs.length);
}

async function foldChoices(events: AsyncIterable<ChoiceEvent>, count: number): Promise<FinishedDraft[]> {
  const drafts = Array.from(
    { length: count },
    (): Draft => ({ texts: [], tokens: [], logprobs: [], finish: undefined }),
  );
  let open = count;
  for await (const { choice, event } of events) {
    const draft = drafts[choice];
    if (draft === undefined) continue;
    switch (event.type) {
      case 'echo':
        draft.texts.push(event.text);
        draft.tokens.push(...(event.logprobs ?? []));
        break;
      case 'text-delta':
        draft.texts.push(event.text);
        draft.tokens.push(...(event.logprobs ?? []));
        draft.logprobs.push(...(event.logprobs ?? []).map(({ logprob }) => logprob));
        break;
      case 'started':
      // A raw prompt has no reasoning and no calls.
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        break;
      case 'finish':
        draft.finish = event;
        open -= 1;
        if (open === 0) return drafts.filter(isFinished);
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
