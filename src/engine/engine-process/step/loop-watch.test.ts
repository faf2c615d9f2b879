import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLoopWatch, loopPeriodMax, loopRepeatsMin, loopTokensMin } from './loop-watch.ts';

/** The number of tokens after which a loop is seen; undefined: none is. */
function findLoop(tokens: Iterable<number>): number | undefined {
  const watch = createLoopWatch();
  let count = 0;
  for (const token of tokens) {
    count += 1;
    if (watch.push(token)) return count;
  }
  return undefined;
}

function* repeat(loop: readonly number[], times: number): Generator<number> {
  for (let index = 0; index < times; index++) yield* loop;
}

describe('a loop', () => {
  test('is seen whatever stands before it and however long it is, and not much later than it may be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(49_000), { maxLength: 3_000 }),
        fc.array(fc.nat(49_000), { minLength: 1, maxLength: loopPeriodMax }),
        (start, loop) => {
          const found = findLoop([...start, ...repeat(loop, Math.ceil(4_000 / loop.length))]);
          const wanted = Math.max(loopTokensMin, loop.length * loopRepeatsMin);
          expect(found).toBeLessThanOrEqual(start.length + wanted + 32);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('is none where it is shorter, or comes less often', () => {
    expect(findLoop(repeat([1], loopTokensMin - 1))).toBeUndefined();
    expect(findLoop(repeat([1, 2, 3], 160))).toBeUndefined();
    const long = Array.from({ length: loopPeriodMax }, (_, index) => index);
    expect(findLoop(repeat(long, loopRepeatsMin - 1))).toBeUndefined();
  });
});

test.each<[string, () => Iterable<number>]>([
  ['a list of numbers', () => Array.from({ length: 4_000 }, (_, index) => (index % 2 === 0 ? 7 : index))],
  [
    'a table whose cells differ',
    () => Array.from({ length: 400 }, (_, row) => [1, 2, row, 3, 2, (row * 7) % 10, 3, 4]).flat(),
  ],
  [
    'lines of code that are alike but for a name',
    () => Array.from({ length: 200 }, (_, row) => [5, 6, 7, 8, 9, 10, 100 + row, 11, 12, 13]).flat(),
  ],
  ['a line of dashes', () => [...repeat([45], 500), 1, 2, 3, ...repeat([45], 500)]],
  ['a hundred empty elements', () => repeat([1, 2, 3, 4, 5], 100)],
])('%s is no loop', (_, make) => {
  expect(findLoop(make())).toBeUndefined();
});
