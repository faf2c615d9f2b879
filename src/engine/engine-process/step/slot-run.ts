import type { FinishReason, GenerationEvent, TokenLogprob } from '../../../backend/generation-event.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { AnswerReading, OpenedAnswer } from '../answer/open-answer.ts';
import { openDrafter } from '../drafts/open-drafter.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { Vocabulary } from '../model/vocabulary.ts';
import type { AnswerStart, PromptEcho } from '../prompt/prompt.ts';
import { createThoughtLimit } from '../reasoning/thought-limit.ts';
import { addUsageSoFar } from './add-usage-so-far.ts';
import { createCompletionText } from './completion-text.ts';
import { createLoopWatch } from './loop-watch.ts';
import type { PromptScoring } from './prompt-scoring.ts';
import { toUsage } from './run-usage.ts';
import type { Slot, SlotRun } from './slot.ts';
import { toSamplerConfig } from './to-sampler-config.ts';

/** A request whose prompt is tokenised and whose turn has not come. */
export interface PendingRequest {
  readonly request: GenerationRequest;
  readonly prompt: Uint32Array;
  readonly answer: OpenedAnswer;
  readonly start: AnswerStart;
  readonly echo: PromptEcho | undefined;
  /** Time that it waited before it reached this process, in milliseconds. */
  readonly queueWaitMs: number;
  readonly submittedAtMs: number;
}

/** Puts a request into its slot. */
export function startRun(
  model: Pick<EngineModel, 'vocabulary' | 'facts' | 'thoughtEnds' | 'drafting'>,
  slot: Pick<Slot, 'sampler'>,
  { request, prompt, answer, start, echo }: PendingRequest,
  cachedTokens: number,
  arrival: number,
): SlotRun {
  const { grammar, refusedTokens, barredTokens } = answer;
  const { vocabulary, facts, thoughtEnds } = model;
  const { minTokens, isEndBarred } = request.ending;
  const stopControls = listStopControls(vocabulary, request, answer);
  const stopTokens = [...request.ending.stopTokens, ...stopControls.keys()];
  const never = [...barredTokens, ...(isEndBarred ? vocabulary.endTokens : [])];
  const samplerConfig = {
    ...toSamplerConfig(request.sampling, facts),
    barredTokens: Uint32Array.from(never),
  };
  const early = minTokens > 0 ? [...barredTokens, ...vocabulary.endTokens, ...stopTokens] : never;
  slot.sampler.configure({
    ...samplerConfig,
    barredTokens: Uint32Array.from(early),
    ...(grammar === undefined ? {} : { grammar: { state: grammar, refusedTokens } }),
  });
  const room = facts.contextLength - prompt.length;
  const completionTokensMax = Math.min(request.maxTokens ?? room, room);
  const thoughtLimit = createThoughtLimit(
    request.reasoning,
    thoughtEnds,
    completionTokensMax,
    answer.mayCall,
  );
  return {
    id: request.id,
    arrival,
    prompt,
    cachedTokens,
    completionTokensMax,
    // Stop sequences end content, not reasoning and calls. The answer reader, which separates them, looks for
    // stop sequences.
    text: createCompletionText(answer.reading === undefined ? request.stop : [], minTokens),
    reportsUsage: request.reportsUsage ?? false,
    topLogprobs: request.topLogprobs,
    grammar,
    nextGrammar: undefined,
    samplerConfig,
    answer,
    thoughtLimit,
    forcedTokens: start === 'thought' && thoughtLimit?.tokensMax === 0 ? thoughtLimit.end() : [],
    loopWatch: request.endsLoops === true ? createLoopWatch() : undefined,
    isLooping: false,
    stopTokens: new Set(stopTokens),
    stopControls,
    minTokens,
    scoring: toScoring(request, echo),
    drafter: openDrafter(model, request, prompt, completionTokensMax),
    completionTokens: 0,
    reasoningTokens: 0,
    slowTokens: 0,
    nextToken: undefined,
  };
}

/**
 * A stop sequence may be the name of a control token, as in the parameters of many Ollama models. Its text
 * never appears in the output, so the token ends the answer. The tokens that start or end a call or reasoning
 * are left to the answer reader.
 */
function listStopControls(
  { controlTokens }: Pick<Vocabulary, 'controlTokens'>,
  { stop }: Pick<GenerationRequest, 'stop'>,
  { reading }: Pick<OpenedAnswer, 'reading'>,
): ReadonlyMap<number, string> {
  if (stop.length === 0) return new Map();
  const found = controlTokens.filter(({ id, text }) => stop.includes(text) && !reading?.markerBytes.has(id));
  return new Map(found.map(({ id, text }) => [id, text]));
}

/** Undefined if no tokens of the prompt are reported. */
export function toScoring(
  { topLogprobs }: Pick<GenerationRequest, 'topLogprobs'>,
  echo: PromptEcho | undefined,
): PromptScoring | undefined {
  return echo === undefined || topLogprobs === undefined
    ? undefined
    : { from: echo.from, topCount: topLogprobs };
}

/**
 * From the next token on, the run uses its next grammar, with new penalties, or it may end, with the same
 * penalties.
 */
export function changeSampling({ sampler, cache }: Slot, run: SlotRun): void {
  const { nextGrammar: state, samplerConfig, answer, minTokens } = run;
  if (state !== undefined) {
    run.grammar = state;
    run.nextGrammar = undefined;
    sampler.configure({ ...samplerConfig, grammar: { state, refusedTokens: answer.refusedTokens } });
  } else if (minTokens > 0 && run.completionTokens >= minTokens) {
    run.minTokens = 0;
    const { penalties, seed } = samplerConfig;
    const drawnTokens = listDrawnTokens(cache, run);
    sampler.configure({
      ...samplerConfig,
      // Another seed: the same one would draw what it drew at the beginning.
      seed: seed === 0 ? 1 : seed - 1,
      ...(penalties === undefined ? {} : { penalties: { ...penalties, drawnTokens } }),
    });
  }
}

function listDrawnTokens(
  cache: Slot['cache'],
  { prompt, completionTokens, nextToken }: SlotRun,
): Uint32Array {
  const tokens: number[] = [];
  // Tokens of a draft that were not sampled may follow.
  const end = prompt.length + completionTokens - (nextToken === undefined ? 0 : 1);
  for (let index = prompt.length; index < end; index++) tokens.push(cache.at(index) ?? 0);
  return Uint32Array.from(nextToken === undefined ? tokens : [...tokens, nextToken]);
}

/** Adds a sampled token to the completion; a `finish` event is the last of its events, and of the run. */
export function acceptToken(
  vocabulary: Vocabulary,
  run: SlotRun,
  token: number,
  logprob?: TokenLogprob,
): GenerationEvent[] {
  if (run.completionTokensMax === 0) {
    // This token was sampled only because its step samples one for every sequence.
    return [createFinish(run, 'length')];
  }
  run.completionTokens += 1;
  run.nextToken = token;
  // A grammar may force repetitions.
  run.isLooping = run.loopWatch?.push(token) === true && run.grammar === undefined;
  run.drafter?.take(token);
  const { reading } = run.answer;
  const events =
    reading === undefined
      ? acceptContent(vocabulary, run, token, logprob)
      : acceptAnswer(vocabulary, run, reading, token, logprob);
  return addUsageSoFar(run, events);
}

function acceptContent(
  vocabulary: Vocabulary,
  run: SlotRun,
  token: number,
  logprob: TokenLogprob | undefined,
): GenerationEvent[] {
  const isEnd = isEndOf(vocabulary, run, token);
  const { text, logprobs, stopSequence } = isEnd
    ? { text: '', logprobs: [], stopSequence: toStopControl(vocabulary, run, token) }
    : run.text.push(vocabulary.tokenBytes(token), logprob);
  const isStopped = !isEnd && stopSequence !== undefined;
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
  return reason === undefined ? events : [...events, createFinish(run, reason, stopSequence)];
}

function acceptAnswer(
  vocabulary: Vocabulary,
  run: SlotRun,
  { reader, markerBytes, openAt }: AnswerReading,
  token: number,
  logprob: TokenLogprob | undefined,
): GenerationEvent[] {
  const isEnd = isEndOf(vocabulary, run, token);
  const isThought = reader.isInThought;
  const shown = isEnd
    ? { text: '', logprobs: [] }
    : run.text.push(markerBytes.get(token) ?? vocabulary.tokenBytes(token), logprob);
  const { events, isStopped, stopSequence, mark } = reader.push(shown);
  run.reasoningTokens += isThought || reader.isInThought ? 1 : 0;
  const reason = toFinishReason(run, isEnd || isStopped);
  if (reason === undefined) {
    if (mark !== undefined && run.grammar === undefined) {
      run.nextGrammar = openAt(mark);
    }
    if (reader.isInThought) endSpentThought(run);
    return [...events];
  }
  const rest = isStopped ? [] : reader.end(run.text.end(), reason === 'length');
  const finish = createFinish(
    run,
    reason === 'stop' && reader.calls > 0 ? 'tool-calls' : reason,
    isEnd ? toStopControl(vocabulary, run, token) : stopSequence,
  );
  return [...events, ...rest, finish];
}

/** The reasoning budget is spent: the next tokens end it. */
function endSpentThought(run: SlotRun): void {
  const { thoughtLimit, reasoningTokens, forcedTokens } = run;
  if (thoughtLimit === undefined || reasoningTokens < thoughtLimit.tokensMax) return;
  if (forcedTokens.length === 0) {
    run.text.dropUnfinished();
    run.forcedTokens = thoughtLimit.end();
  }
}

/** The stop sequence whose control token this is, unless the model would have ended with it anyway. */
function toStopControl(vocabulary: Vocabulary, run: SlotRun, token: number): string | undefined {
  if (vocabulary.isEndToken(token)) return undefined;
  return run.stopControls.get(token);
}

function isEndOf(vocabulary: Vocabulary, { stopTokens }: SlotRun, token: number): boolean {
  return vocabulary.isEndToken(token) || stopTokens.has(token);
}

function createFinish(run: SlotRun, reason: FinishReason, stopSequence?: string): GenerationEvent {
  const isMet = reason === 'stop' && stopSequence !== undefined;
  return { type: 'finish', reason, ...(isMet ? { stopSequence } : {}), usage: toUsage(run) };
}

function toFinishReason(run: SlotRun, isStop: boolean): FinishReason | undefined {
  if (isStop) {
    return 'stop';
  }
  return run.isLooping || run.completionTokens >= run.completionTokensMax ? 'length' : undefined;
}
