// Answers of a model as events, such as our own engine makes them.
import fc from 'fast-check';
import type { ChoiceEvent } from '../src/backend/choice-event.ts';
import type {
  EchoedToken,
  FinishReason,
  GenerationEvent,
  RankedToken,
  TokenLogprob,
  TokenUsage,
} from '../src/backend/generation-event.ts';

/** The stop sequences of the requests that are answered. */
export const arbitraryStops: readonly string[] = ['END', '\n\n', '🌊'];

export interface ArbitraryAnswer {
  readonly choiceCount: number;
  readonly topLogprobs: number | undefined;
  /** The order of the choices is arbitrary; within each its events stand in order. */
  readonly events: readonly ChoiceEvent[];
}

const text = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }));

const logprob = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.double({ min: -9_000, max: 0, noNaN: true }).map((value) => (value === 0 ? 0 : value)),
  },
  { weight: 1, arbitrary: fc.constant(Number.NEGATIVE_INFINITY) },
);

const bytes = fc.option(fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 4 }), { nil: undefined });

const ranked: fc.Arbitrary<RankedToken> = fc
  .record({ text: fc.string(), bytes, logprob })
  // A record of fast-check may have no prototype.
  .map((one) => ({ ...one }));

const token = (topLogprobs: number): fc.Arbitrary<TokenLogprob> =>
  fc
    .tuple(ranked, fc.array(ranked, { maxLength: topLogprobs }))
    .map(([own, top]): TokenLogprob => ({ ...own, top }));

const argumentTexts = fc
  .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 })
  .map((value) => JSON.stringify(value))
  .chain((json) => fc.array(fc.nat({ max: json.length }), { maxLength: 3 }).map((cuts) => cut(json, cuts)));

function cut(whole: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), whole.length];
  return places.slice(1).flatMap((place, index) => whole.slice(places[index], place) || []);
}

type Delta = GenerationEvent & { readonly type: `${string}-delta` | 'tool-call-start' };

function toCallEvents(calls: readonly (readonly string[])[]): readonly Delta[] {
  return calls.flatMap((pieces, callIndex): Delta[] => [
    { type: 'tool-call-start', callIndex, id: `call_${callIndex}`, name: `tool_${callIndex % 2}` },
    ...pieces.map((argumentsText): Delta => ({ type: 'tool-call-delta', callIndex, argumentsText })),
  ]);
}

const usage: fc.Arbitrary<TokenUsage> = fc
  .record({
    promptTokens: fc.integer({ min: 1, max: 9_999 }),
    completionTokens: fc.integer({ min: 100, max: 9_999 }),
    cached: fc.double({ min: 0, max: 1, noNaN: true }),
    reasoningTokens: fc.nat({ max: 100 }),
    drafts: fc.option(
      fc.record({ acceptedTokens: fc.integer({ min: 1, max: 50 }), rejectedTokens: fc.nat({ max: 50 }) }),
      { nil: undefined },
    ),
  })
  .map(({ cached, promptTokens, drafts, ...counts }) => ({
    ...counts,
    promptTokens,
    cachedTokens: Math.floor(cached * promptTokens),
    ...(drafts === undefined ? {} : { drafts }),
  }));

const stopSequence = fc.constantFrom(undefined, ...arbitraryStops);

function toFinish(reason: FinishReason, met: string | undefined, cost: TokenUsage): GenerationEvent {
  const isMet = reason === 'stop' && met !== undefined;
  return { type: 'finish', reason, ...(isMet ? { stopSequence: met } : {}), usage: cost };
}

function toReason(hasCalls: boolean, wish: FinishReason): FinishReason {
  return wish === 'stop' && hasCalls ? 'tool-calls' : wish;
}

const choice = (topLogprobs: number | undefined) =>
  fc
    .record({
      reasoning: fc.array(text, { maxLength: 3 }),
      texts: fc.array(text, { maxLength: 5 }),
      tokens: fc.array(fc.array(token(topLogprobs ?? 0), { minLength: 1, maxLength: 2 }), {
        minLength: 5,
        maxLength: 5,
      }),
      calls: fc.array(argumentTexts, { maxLength: 3 }),
      wish: fc.constantFrom<FinishReason>('stop', 'stop', 'length', 'content-filter'),
      met: stopSequence,
      usage,
    })
    .map(({ reasoning, texts, tokens, calls, wish, met, usage: cost }): GenerationEvent[] => [
      { type: 'started' },
      ...reasoning.map((one): GenerationEvent => ({ type: 'reasoning-delta', text: one })),
      ...texts.map(
        (one, index): GenerationEvent => ({
          type: 'text-delta',
          text: one,
          ...(topLogprobs === undefined ? {} : { logprobs: tokens[index] ?? [] }),
        }),
      ),
      ...toCallEvents(calls),
      toFinish(toReason(calls.length > 0, wish), met, cost),
    ]);

/** Several lists in one, each in its order; the first begins. */
function merge(lists: readonly (readonly GenerationEvent[])[], picks: readonly number[]): ChoiceEvent[] {
  const queues = lists.map((events, index) => events.map((event) => ({ choice: index, event })));
  const merged = [...(queues[0]?.splice(0, 1) ?? [])];
  for (let step = 0; queues.some((queue) => queue.length > 0); step += 1) {
    const open = queues.filter((queue) => queue.length > 0);
    const queue = open[(picks[step % picks.length] ?? 0) % open.length];
    merged.push(...(queue?.splice(0, 1) ?? []));
  }
  return merged;
}

export const arbitraryChatAnswer: fc.Arbitrary<ArbitraryAnswer> = fc
  .record({
    choiceCount: fc.integer({ min: 1, max: 3 }),
    topLogprobs: fc.constantFrom(undefined, undefined, 0, 2),
    picks: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 20 }),
  })
  .chain(({ choiceCount, topLogprobs, picks }) =>
    fc
      .tuple(...Array.from({ length: choiceCount }, () => choice(topLogprobs)))
      .map((lists) => ({ choiceCount, topLogprobs, events: merge(lists, picks) })),
  );

/** A token that the older form of text completions can hold: its text says its bytes, and no two look the same. */
function toPlainToken(own: string, topLogprobs: number, isRanked: boolean): TokenLogprob {
  const names = ['a', 'b', 'c', 'd', 'e'].slice(0, topLogprobs).map((name) => `${name}${own}`);
  const top = names.map((name, index) => toRanked(name, -index - 1));
  const [best] = top;
  return isRanked && best !== undefined ? { ...best, top } : { ...toRanked(own, -9), top };
}

function toRanked(name: string, value: number): RankedToken {
  return { text: name, bytes: [...Buffer.from(name)], logprob: value };
}

export interface ArbitraryCompletion extends ArbitraryAnswer {
  readonly prompt: string;
  readonly isEchoed: boolean;
}

export const arbitraryCompletion: fc.Arbitrary<ArbitraryCompletion> = fc
  .record({
    choiceCount: fc.integer({ min: 1, max: 3 }),
    topLogprobs: fc.constantFrom(undefined, 0, 2, 5),
    words: fc.array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 4 }),
    isEchoed: fc.boolean(),
    isRanked: fc.boolean(),
    texts: fc.array(fc.array(text, { maxLength: 4 }), { minLength: 3, maxLength: 3 }),
    wish: fc.constantFrom<FinishReason>('stop', 'length', 'content-filter'),
    met: stopSequence,
    cost: usage,
  })
  .map(({ choiceCount, topLogprobs, words, isEchoed, isRanked, texts, wish, met, cost }) => {
    const isRated = topLogprobs !== undefined;
    const tokens = words.map((word) => toPlainToken(word, topLogprobs ?? 0, false));
    const echoed = tokens.map(
      (one, index): EchoedToken => (index === 0 ? { ...one, logprob: undefined, top: [] } : one),
    );
    const prompt = words.join('');
    const echo: GenerationEvent = { type: 'echo', text: prompt, ...(isRated ? { logprobs: echoed } : {}) };
    const lists = Array.from({ length: choiceCount }, (_, index): GenerationEvent[] => [
      { type: 'started' },
      ...(isEchoed ? [echo] : []),
      ...(texts[index] ?? []).map(
        (one): GenerationEvent => ({
          type: 'text-delta',
          text: one,
          ...(isRated ? { logprobs: [toPlainToken(one, topLogprobs, isRanked)] } : {}),
        }),
      ),
      toFinish(wish, met, { ...cost, promptTokens: words.length, cachedTokens: 0 }),
    ]);
    return { choiceCount, topLogprobs, prompt, isEchoed, events: merge(lists, [0, 1, 0]) };
  });
