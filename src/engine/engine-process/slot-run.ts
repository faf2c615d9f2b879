import type { FinishReason, GenerationEvent, TokenLogprob } from '../../backend/generation-event.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import type { NativeGrammarState } from './binding.ts';
import { createCompletionText } from './completion-text.ts';
import type { EngineModel } from './engine-model.ts';
import type { Slot, SlotRun } from './slot.ts';
import { toSamplerConfig } from './to-sampler-config.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A request whose prompt is tokenised and whose turn has not come. */
export interface PendingRequest {
  readonly request: GenerationRequest;
  readonly prompt: Uint32Array;
  readonly grammar: NativeGrammarState | undefined;
  /** Time that it waited before it reached this process, in milliseconds. */
  readonly queueWaitMs: number;
  readonly submittedAtMs: number;
}

/** Puts a request into its slot. */
export function startRun(
  model: EngineModel,
  slot: Slot,
  { request, prompt, grammar }: PendingRequest,
  cachedTokens: number,
  arrival: number,
): SlotRun {
  slot.sampler.configure({
    ...toSamplerConfig(request.sampling, model.facts),
    ...(grammar === undefined
      ? {}
      : { grammar: { state: grammar, refusedTokens: model.vocabulary.silentTokens } }),
  });
  const room = model.facts.contextLength - prompt.length;
  return {
    id: request.id,
    arrival,
    prompt,
    cachedTokens,
    completionTokensMax: Math.min(request.maxTokens ?? room, room),
    text: createCompletionText(request.stop),
    topLogprobs: request.topLogprobs,
    grammar,
    completionTokens: 0,
    slowTokens: 0,
    nextToken: undefined,
  };
}

/** Adds a sampled token to the completion; a `finish` event is the last of its events, and of the run. */
export function acceptToken(
  vocabulary: Vocabulary,
  run: SlotRun,
  token: number,
  logprob?: TokenLogprob,
): GenerationEvent[] {
  run.completionTokens += 1;
  run.nextToken = token;
  const isEnd = vocabulary.isEndToken(token);
  const { text, logprobs, isStopped } = isEnd
    ? { text: '', logprobs: [], isStopped: false }
    : run.text.push(vocabulary.tokenBytes(token), logprob);
  const reason = toFinishReason(run, isEnd || isStopped);
  const rest = reason === undefined || isStopped ? { text: '', logprobs: [] } : run.text.end();
  const shown = text + rest.text;
  const events: GenerationEvent[] = [];
  if (shown !== '') {
    const isWanted = run.topLogprobs !== undefined;
    events.push({
      type: 'text-delta',
      text: shown,
      ...(isWanted ? { logprobs: [...logprobs, ...rest.logprobs] } : {}),
    });
  }
  if (reason !== undefined) {
    const { prompt, completionTokens, cachedTokens } = run;
    const usage = { promptTokens: prompt.length, completionTokens, cachedTokens, reasoningTokens: 0 };
    events.push({ type: 'finish', reason, usage });
  }
  return events;
}

function toFinishReason(run: SlotRun, isStop: boolean): FinishReason | undefined {
  if (isStop) {
    return 'stop';
  }
  return run.completionTokens >= run.completionTokensMax ? 'length' : undefined;
}
