import { describe, expect, test } from 'vitest';
import { createThreadGovernor, type ThreadGovernor, threadLevels } from './thread-governor.ts';

/** Runs steps of one token whose cost depends on the threads; returns the threads of each step. */
function run(
  governor: ThreadGovernor,
  clock: { ms: number },
  steps: number,
  costOf: (threads: number) => number,
) {
  return Array.from({ length: steps }, () => {
    const threads = governor.threads();
    const elapsedMs = costOf(threads);
    clock.ms += elapsedMs;
    governor.record({ tokens: 1, elapsedMs, nowMs: clock.ms });
    return threads;
  });
}

const quiet = (threads: number) => 16 / threads;
const busy = (threads: number) => (threads === 1 ? 20 : 700);

describe('thread governor', () => {
  test('levels go by halves down to one', () => {
    expect(threadLevels(1)).toEqual([1]);
    expect(threadLevels(2)).toEqual([2, 1]);
    expect(threadLevels(12)).toEqual([12, 6, 3, 1]);
  });

  test('a quiet machine keeps all its threads', () => {
    const governor = createThreadGovernor(4, [4, 8, 16]);
    expect(new Set(run(governor, { ms: 0 }, 500, quiet))).toEqual(new Set([4]));
  });

  test('with busy neighbours it goes to one within a few steps, and tries more only now and then', () => {
    const governor = createThreadGovernor(2, [8, 16]);
    const clock = { ms: 0 };
    run(governor, clock, 50, quiet);
    const threads = run(governor, clock, 3000, busy);
    expect(threads.slice(0, 4)).toContain(1);
    expect(threads.filter((count) => count === 2).length).toBeLessThan(12);
  });

  test('it comes back when the neighbours are gone', () => {
    const governor = createThreadGovernor(2, [8, 16]);
    const clock = { ms: 0 };
    run(governor, clock, 200, busy);
    expect(governor.threads()).toBe(1);
    run(governor, clock, 2000, quiet);
    expect(governor.threads()).toBe(2);
  });

  test('a machine that was busy when the model was loaded is found out', () => {
    const governor = createThreadGovernor(2, [700, 20]);
    const clock = { ms: 0 };
    run(governor, clock, 20, busy);
    expect(governor.threads()).toBe(1);
  });

  test('a cost that grows for every number of threads gives none up for long', () => {
    const governor = createThreadGovernor(2, [8, 16]);
    const clock = { ms: 0 };
    let depth = 1;
    const threads = run(governor, clock, 3000, (count) => {
      depth += 0.002;
      return quiet(count) * depth;
    });
    expect(threads.filter((count) => count === 1).length).toBeLessThan(300);
    expect(governor.threads()).toBe(2);
  });

  test('big and small steps are compared fairly', () => {
    const governor = createThreadGovernor(2, [8, 16]);
    for (let step = 0; step < 100; step++) {
      const tokens = step % 2 === 0 ? 1 : 48;
      governor.record({ tokens, elapsedMs: (tokens + 1) * 4, nowMs: step * 100 });
    }
    expect(governor.threads()).toBe(2);
  });

  test('one thread has nothing to give up', () => {
    const governor = createThreadGovernor(1, [10]);
    expect(new Set(run(governor, { ms: 0 }, 50, () => 1000))).toEqual(new Set([1]));
  });
});
