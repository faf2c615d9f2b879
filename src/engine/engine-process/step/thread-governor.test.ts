import { describe, expect, test } from 'vitest';
import {
  createThreadGovernors,
  type StepKind,
  type ThreadGovernors,
  threadLevels,
} from './thread-governor.ts';

/** A machine as its steps feel it. */
interface Machine {
  /** What a step of one token, or of a piece of a prompt, takes with so many threads. */
  costMs(threads: number, kind: StepKind, step: number): number;
  /** How many of the threads have no core, on average. */
  missing(threads: number, step: number): number;
}

interface Run {
  readonly governors: ThreadGovernors;
  readonly clock: { ms: number };
}

function createRun(threads: number): Run {
  return { governors: createThreadGovernors(threads), clock: { ms: 0 } };
}

const alwaysDecode = (): StepKind => 'decode';

/** Returns the threads of each step. */
function run(
  { governors, clock }: Run,
  steps: number,
  machine: Machine,
  kindOf: (step: number) => StepKind = alwaysDecode,
): number[] {
  return Array.from({ length: steps }, (_, step) => {
    const kind = kindOf(step);
    const governor = governors[kind];
    const threads = governor.threads();
    const elapsedMs = machine.costMs(threads, kind, step);
    clock.ms += elapsedMs;
    const processorMs = elapsedMs * (threads - machine.missing(threads, step));
    governor.record({ tokens: kind === 'prefill' ? 48 : 1, elapsedMs, processorMs, nowMs: clock.ms });
    return threads;
  });
}

function share(threads: readonly number[], wanted: number): number {
  return threads.filter((count) => count === wanted).length / threads.length;
}

/** As measured on two cores: a second thread makes prefill 2.0 times and decode 1.19 times as fast. */
const quiet: Machine = {
  costMs: (threads, kind) => (kind === 'prefill' ? 160 / threads : threads === 1 ? 8.9 : 7.5),
  missing: (threads) => (threads === 1 ? 0.03 : 0.15),
};
/** Two other programs that never pause, on two cores. */
const busy: Machine = {
  costMs: (threads, kind) => (threads === 1 ? 20 : 700) * (kind === 'prefill' ? 10 : 1),
  missing: (threads) => (threads === 1 ? 0.35 : 1),
};
/** One of them: a single thread has a core for itself. */
const halfBusy: Machine = {
  costMs: (threads) => (threads === 1 ? 9 : 60),
  missing: (threads) => (threads === 1 ? 0.02 : 0.6),
};

describe('thread governor', () => {
  test('levels go by halves down to one', () => {
    expect(threadLevels(1)).toEqual([1]);
    expect(threadLevels(2)).toEqual([2, 1]);
    expect(threadLevels(12)).toEqual([12, 6, 3, 1]);
  });

  test.each([
    ['a stream after the other', (step: number): StepKind => (step % 97 < 2 ? 'prefill' : 'decode')],
    ['prompts in every second step', (step: number): StepKind => (step % 2 === 0 ? 'prefill' : 'decode')],
  ])('a quiet machine has all threads in every step: %s', (_, kindOf) => {
    expect(share(run(createRun(2), 3000, quiet, kindOf), 2)).toBe(1);
  });

  test('whatever steps cost, no thread is given up while each has its core', () => {
    const uneven = { ...quiet, costMs: (_: number, __: StepKind, step: number) => 7 + step / 10 };
    expect(share(run(createRun(2), 3000, uneven), 2)).toBe(1);
    const slower = { ...quiet, costMs: (threads: number) => threads * 10 };
    expect(share(run(createRun(2), 3000, slower), 2)).toBe(1);
  });

  test('something that wants a core now and then costs less than one step in a hundred', () => {
    const blip = {
      costMs: (threads: number, kind: StepKind, step: number) =>
        quiet.costMs(threads, kind, step) * (step % 1000 < 60 ? 3 : 1),
      missing: (_: number, step: number) => (step % 1000 < 60 ? 0.8 : 0.05),
    };
    const atStart = createRun(2);
    expect(share(run(atStart, 4000, blip), 2)).toBeGreaterThan(0.97);
    expect(share(run(atStart, 40_000, blip), 2)).toBeGreaterThan(0.99);
  });

  test('with busy neighbours it goes to one at once, and tries no more while its one thread waits for a core', () => {
    const one = createRun(2);
    run(one, 500, quiet);
    expect(run(one, 3000, busy).filter((count) => count === 2).length).toBeLessThan(3);
  });

  test('a thread that waits for its core now and then is no reason to try more', () => {
    const uneven = {
      ...busy,
      missing: (threads: number, step: number) => (threads === 1 ? (step % 40 < 20 ? 0.05 : 0.3) : 1),
    };
    const one = createRun(2);
    expect(run(one, 6000, uneven).filter((count) => count === 2).length).toBeLessThan(3);
  });

  test('with one busy neighbour it tries more only now and then, and ends the trial with its first step', () => {
    const one = createRun(2);
    run(one, 500, quiet);
    const threads = run(one, 3000, halfBusy);
    expect(threads.slice(10).filter((count) => count === 2).length).toBeLessThan(8);
  });

  test('it comes back within seconds when the neighbours are gone', () => {
    const one = createRun(2);
    run(one, 3000, busy);
    expect(one.governors.decode.threads()).toBe(1);
    const goneAtMs = one.clock.ms;
    for (let step = 0; step < 2000 && one.governors.decode.threads() === 1; step++) run(one, 1, quiet);
    expect(one.clock.ms - goneAtMs).toBeLessThan(4500);
    expect(share(run(one, 2000, quiet), 2)).toBe(1);
  });

  test('neighbours that come back are met at once', () => {
    const one = createRun(2);
    for (let round = 0; round < 10; round++) {
      run(one, 1000, quiet);
      expect(run(one, 200, busy).filter((count) => count === 2).length).toBeLessThan(4);
    }
  });

  test('neighbours that take less than they cost leave all threads to us, and the trials of fewer grow rare', () => {
    const mild = { ...quiet, missing: (threads: number) => (threads === 1 ? 0.1 : 0.45) };
    const one = createRun(2);
    run(one, 3000, mild);
    expect(share(run(one, 20_000, mild), 2)).toBeGreaterThan(0.99);
  });

  test('they become worse while the next trial is far: it does not wait for it', () => {
    const one = createRun(2);
    run(one, 5000, { ...quiet, missing: (threads: number) => (threads === 1 ? 0.1 : 0.45) });
    expect(run(one, 100, busy).filter((count) => count === 2).length).toBeLessThan(4);
  });

  test('each kind of step has the threads that it gains from', () => {
    // Something takes half a core: the second thread doubles the speed of prompts, and slows tokens down.
    const mixed: Machine = {
      costMs: (threads, kind) => (kind === 'prefill' ? 160 / threads : 7 + threads),
      missing: (threads) => (threads === 1 ? 0.3 : 0.5),
    };
    const one = createRun(2);
    const alternate = (step: number): StepKind => (step % 2 === 0 ? 'prefill' : 'decode');
    run(one, 1000, mixed, alternate);
    const threads = run(one, 3000, mixed, alternate);
    expect(
      share(
        threads.filter((_, step) => alternate(step) === 'prefill'),
        2,
      ),
    ).toBeGreaterThan(0.95);
    expect(
      share(
        threads.filter((_, step) => alternate(step) === 'decode'),
        1,
      ),
    ).toBeGreaterThan(0.95);
  });

  test('a quiet machine is come back to, though a second thread gains nothing for tokens', () => {
    const one = createRun(2);
    run(one, 3000, busy);
    const flat = { ...quiet, costMs: (threads: number) => 7 + threads / 10 };
    run(one, 1000, flat);
    expect(share(run(one, 2000, flat), 2)).toBe(1);
  });

  test('many threads go down by halves as far as that is cheaper', () => {
    const crowded: Machine = {
      costMs: (threads) => ({ 16: 90, 8: 12, 4: 14, 2: 25, 1: 50 })[threads] ?? 0,
      missing: (threads) => (threads > 8 ? 4 : 0.3),
    };
    const one = createRun(16);
    run(one, 500, crowded);
    expect(share(run(one, 3000, crowded), 8)).toBeGreaterThan(0.9);
  });

  test('one thread has nothing to give up', () => {
    expect(share(run(createRun(1), 500, busy), 1)).toBe(1);
  });
});
