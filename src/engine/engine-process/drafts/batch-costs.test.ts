import { describe, expect, test } from 'vitest';
import { type BatchCosts, createBatchCosts } from './batch-costs.ts';

const measured = { threadsMax: 2, oneTokenMs: 6, piece: { tokens: 32, elapsedMs: 68 } };

/** Steps as a machine takes them: `tokens` in turn. */
function run(costs: BatchCosts, steps: number, sizes: readonly number[], costMs: (tokens: number) => number) {
  for (let step = 0; step < steps; step++) {
    const tokens = sizes[step % sizes.length] ?? 1;
    costs.record(2, tokens, costMs(tokens));
  }
}

const real = (tokens: number) => (tokens === 1 ? 6 : 8 + 1.75 * tokens);

test('at first the warm-up says what more tokens cost', () => {
  const costs = createBatchCosts(measured);
  expect(costs.growth(2, 1, 7)).toBeCloseTo(20 / 6, 5);
  expect(costs.growth(2, 1, 0)).toBe(1);
  expect(costs.growth(2, 4, 12)).toBeCloseTo(36 / 12, 5);
});

test('fewer threads share the computing, and not the memory', () => {
  const costs = createBatchCosts(measured);
  expect(costs.growth(1, 1, 7)).toBeCloseTo(34 / 6, 5);
});

test('it learns what sizes cost', () => {
  const costs = createBatchCosts({ ...measured, oneTokenMs: 12 });
  expect(costs.growth(2, 1, 7)).toBeLessThan(2.1);
  run(costs, 300, [1, 8, 1, 16], real);
  expect(costs.growth(2, 1, 7)).toBeCloseTo(real(8) / 6, 0);
  expect(costs.growth(2, 1, 15)).toBeCloseTo(real(16) / 6, 0);
});

describe('what else the machine does', () => {
  test('a busy minute with drafts does not make them look dear when it is over', () => {
    const costs = createBatchCosts(measured);
    const quiet = costs.growth(2, 1, 7);
    run(costs, 200, [8], (tokens) => 10 * real(tokens));
    run(costs, 200, [1], real);
    expect(costs.growth(2, 1, 7) / quiet).toBeGreaterThan(0.85);
    expect(costs.growth(2, 1, 7) / quiet).toBeLessThan(1.15);
  });

  test('one step that was held up changes little', () => {
    const costs = createBatchCosts(measured);
    run(costs, 100, [1, 8], real);
    const before = costs.growth(2, 1, 7);
    costs.record(2, 8, 900);
    expect(costs.growth(2, 1, 7) / before).toBeLessThan(1.12);
  });
});
