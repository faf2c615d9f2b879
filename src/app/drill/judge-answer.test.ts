import { describe, expect, it, test } from 'vitest';
import { BackendError } from '../../backend/backend-error.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { faults } from './faults.ts';
import { judgeAnswer, lateMsMax, type SeenAnswer } from './judge-answer.ts';

const times = { connectMs: 10, firstTokenMs: 200, betweenChunksMs: 100, totalMs: 400, queueWaitMs: 300 };

function judge(fault: string, seen: Partial<SeenAnswer>, isStreamed = true): readonly string[] {
  const found = faults.find(({ name }) => name === fault);
  if (found === undefined) throw new Error(`There is no fault ${fault}.`);
  const quiet = { events: [], error: undefined, elapsedMs: 1, isGivenUp: false, requests: 1, isClosed: true };
  return judgeAnswer({ ...quiet, ...seen }, found.promise, { isStreamed, times });
}

const started: GenerationEvent = { type: 'started' };
const hello: GenerationEvent = { type: 'text-delta', text: 'Hello ' };
const world: GenerationEvent = { type: 'text-delta', text: 'world' };
const usage = { promptTokens: 9, completionTokens: 2, cachedTokens: 0, reasoningTokens: 0 };
const finish: GenerationEvent = { type: 'finish', reason: 'stop', usage };
const failure = new BackendError('upstream_error', 'It failed.');
const cut = 'breaks the connection in the middle';
const noDone = 'ends a whole stream without [DONE]';

describe('a fault in the middle', () => {
  it('holds with the beginning and one failure', () => {
    expect(judge(cut, { events: [started, hello], error: failure })).toEqual([]);
    expect(judge(cut, { events: [], error: failure, requests: 3 }, false)).toEqual([]);
  });

  const lateMs = lateMsMax + 1;
  test.each<[string, Partial<SeenAnswer>]>([
    ['the answer looks whole', { events: [started, hello, finish] }],
    ['the answer had 2 ends in place of one', { events: [started, hello, finish], error: failure }],
    ['the answer stopped without a finish or an error', { events: [started, hello] }],
    ['the answer never ended', { events: [started, hello], isGivenUp: true }],
    [
      'it failed with 504 timeout in place of 502 upstream_error',
      { events: [started, hello], error: new BackendError('timeout', 'It is late.') },
    ],
    [
      'it failed with TypeError: no in place of 502 upstream_error',
      { events: [started, hello], error: new TypeError('no') },
    ],
    [
      'the text before the failure is "Hello Hello " in place of "Hello "',
      { events: [started, hello, hello], error: failure },
    ],
    [
      'it was tried again after content: 2 requests reached the upstream',
      { events: [started, hello], error: failure, requests: 2 },
    ],
    ['the text before the failure is "" in place of "Hello "', { events: [started], error: failure }],
    [
      'the connection to the upstream stayed open',
      { events: [started, hello], error: failure, isClosed: false },
    ],
    [
      `it took ${lateMs} ms, 0 ms are promised`,
      { events: [started, hello], error: failure, elapsedMs: lateMs },
    ],
  ])('is broken: %s', (problem, seen) => {
    expect(judge(cut, seen)).toEqual([problem]);
  });

  it('may be tried again twice for a plain answer', () => {
    expect(judge(cut, { error: failure, requests: 4 }, false)).toEqual([
      '4 requests reached the upstream, 3 may',
    ]);
  });

  it('has no text before a plain answer fails', () => {
    expect(judge(cut, { events: [started, hello], error: failure }, false)).toEqual([
      'the text before the failure is "Hello " in place of ""',
    ]);
  });
});

describe('a whole answer', () => {
  it('holds', () => {
    expect(judge(noDone, { events: [started, hello, world, finish] })).toEqual([]);
  });

  test.each<[string, Partial<SeenAnswer>]>([
    ['it failed with 502 upstream_error', { events: [started, hello, world], error: failure }],
    ["the text is not the upstream's", { events: [started, hello, finish] }],
    ['something came after the finish', { events: [started, hello, finish, world] }],
    ['2 requests reached the upstream, 1 may', { events: [started, hello, world, finish], requests: 2 }],
  ])('is broken: %s', (problem, seen) => {
    expect(judge(noDone, seen)).toEqual([problem]);
  });
});

it('wants estimates in place of absurd usage', () => {
  const toEnd = (changes: object): GenerationEvent[] => [
    started,
    hello,
    world,
    { type: 'finish', reason: 'stop', usage: { ...usage, ...changes } },
  ];
  const problem = ['the usage of the upstream was believed'];
  expect(judge('reports absurd usage', { events: toEnd({ isEstimated: true }) })).toEqual([]);
  expect(judge('reports absurd usage', { events: toEnd({}) })).toEqual(problem);
  expect(
    judge('reports absurd usage', { events: toEnd({ isEstimated: true, completionTokens: -5 }) }),
  ).toEqual(problem);
  expect(judge('reports absurd usage', { events: toEnd({ isEstimated: true, promptTokens: 1e9 }) })).toEqual(
    problem,
  );
});

it('wants the retry-after passed on, and no time over the time-out', () => {
  const refuse = (retryAfterMs?: number) => new BackendError('rate_limited', 'No.', { retryAfterMs });
  expect(judge('answers 429 with retry-after', { error: refuse(120_000) })).toEqual([]);
  expect(judge('answers 429 with retry-after', { error: refuse() })).toEqual([
    'the retry-after of the upstream was not passed on',
  ]);
  const late = new BackendError('timeout', 'It is late.');
  const elapsedMs = times.firstTokenMs + lateMsMax;
  expect(judge('never answers', { error: late, elapsedMs })).toEqual([]);
  expect(judge('never answers', { error: late, elapsedMs: elapsedMs + 1 })).toEqual([
    `it took ${elapsedMs + 1} ms, ${times.firstTokenMs} ms are promised`,
  ]);
});
