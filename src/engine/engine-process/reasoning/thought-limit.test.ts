import { expect, test } from 'vitest';
import type { ReasoningLimit } from '../../../backend/generation-request.ts';
import { createThoughtLimit, toThoughtEnds, toThoughtTokensMax } from './thought-limit.ts';
import { toReasoningVariables } from './to-reasoning-variables.ts';

const of = (effort?: ReasoningLimit['effort'], tokensMax?: number): ReasoningLimit => ({ effort, tokensMax });

test.each<[ReasoningLimit | undefined, number | undefined]>([
  [undefined, undefined],
  [of('none'), 0],
  [of('minimal'), 12],
  [of('low'), 50],
  [of('medium'), 100],
  [of('high'), 150],
  [of('xhigh'), 175],
  [of('max'), 187],
  [of(undefined, 0), 0],
  [of(undefined, 7), 7],
  [of(undefined, 9_000), 9_000],
  [of('high', 20), 20],
  [of('low', 120), 50],
])('%j of 200 tokens is %j tokens of thought', (limit, tokensMax) => {
  expect(toThoughtTokensMax(limit, 200)).toBe(tokensMax);
});

test('a limit needs a model that thinks, and something that bounds it', () => {
  const ends = { open: [1], answer: [1, 2] };
  expect(createThoughtLimit(of('low'), undefined, 200, false)).toBeUndefined();
  expect(createThoughtLimit(undefined, ends, 200, false)).toBeUndefined();
});

test('the first thought may be followed by a call, a further one is followed by the answer', () => {
  const ends = { open: [1], answer: [1, 2] };
  const limit = createThoughtLimit(of('low'), ends, 200, true);
  expect([limit?.end(), limit?.end(), limit?.end()]).toEqual([[1], [1, 2], [1, 2]]);
  expect(createThoughtLimit(of('low'), ends, 200, false)?.end()).toEqual([1, 2]);
});

test('a thought ends as its family ends it', () => {
  const toMarkerTokens = (text: string) => Uint32Array.from(Buffer.from(text));
  const toText = (tokens: readonly number[]) => Buffer.from(tokens).toString();
  const html = toThoughtEnds({ start: '<think>', end: '</think>' }, { toMarkerTokens });
  expect([toText(html.open), toText(html.answer)]).toEqual(['\n</think>', '\n</think>']);
  const next = { any: 'A', answer: 'AB' };
  const own = toThoughtEnds({ start: '[THINK]', end: '[/THINK]', next }, { toMarkerTokens });
  expect([toText(own.open), toText(own.answer)]).toEqual(['[/THINK]A', '[/THINK]AB']);
});

test.each<[ReasoningLimit | undefined, number | undefined, object]>([
  [undefined, 100, {}],
  [of('none'), 100, { enable_thinking: false, thinking: false, thinking_budget: 0, reasoning_effort: 'low' }],
  [
    of(undefined, 0),
    undefined,
    { enable_thinking: false, thinking: false, thinking_budget: 0, reasoning_effort: 'low' },
  ],
  [
    of('minimal'),
    160,
    { enable_thinking: true, thinking: true, thinking_budget: 10, reasoning_effort: 'low' },
  ],
  [of('high'), undefined, { enable_thinking: true, thinking: true, reasoning_effort: 'high' }],
  [of('max'), undefined, { enable_thinking: true, thinking: true, reasoning_effort: 'high' }],
  [of(undefined, 30), 100, { thinking_budget: 30 }],
])('of %j with %j tokens templates are told %j', (limit, tokensMax, variables) => {
  expect(toReasoningVariables(limit, tokensMax)).toEqual(variables);
});
