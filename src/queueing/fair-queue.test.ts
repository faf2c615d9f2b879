import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFairQueue, type FairQueue } from './fair-queue.ts';

/** Items are named by their caller, `a1` being the first of `a`. */
function fill(queue: FairQueue<string>, ...items: readonly string[]): void {
  for (const item of items) queue.push(item[0], item);
}

function takeAll(queue: FairQueue<string>): string[] {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

describe('whose turn it is', () => {
  test.each([
    [
      ['a1', 'a2', 'a3'],
      ['a1', 'a2', 'a3'],
    ],
    [
      ['a1', 'a2', 'a3', 'b1'],
      ['a1', 'b1', 'a2', 'a3'],
    ],
    [
      ['a1', 'a2', 'b1', 'c1', 'b2'],
      ['a1', 'b1', 'c1', 'a2', 'b2'],
    ],
  ])('%j', (pushed, taken) => {
    const queue = createFairQueue<string>();
    fill(queue, ...pushed);
    expect(takeAll(queue)).toEqual(taken);
    expect(queue.length).toBe(0);
  });

  test('an item that may not be taken yet holds up no other, and keeps its place', () => {
    const queue = createFairQueue<string>();
    fill(queue, 'a1', 'a2', 'b1', 'b2');
    const without = (held: string) => queue.take(undefined, (item) => item !== held);
    expect([without('a1'), without('a1'), without('a1')]).toEqual(['a2', 'b1', 'b2']);
    expect(without('a1')).toBeUndefined();
    expect(queue.length).toBe(1);
    expect(queue.take()).toBe('a1');
  });

  test('a caller that comes while another is served is next', () => {
    const queue = createFairQueue<string>();
    fill(queue, 'a1', 'a2', 'a3');
    expect(queue.take()).toBe('a1');
    fill(queue, 'b1');
    expect(takeAll(queue)).toEqual(['b1', 'a2', 'a3']);
  });

  test('and before one that had nothing more when it was served', () => {
    const queue = createFairQueue<string>();
    fill(queue, 'a1');
    expect(queue.take()).toBe('a1');
    fill(queue, 'a2', 'a3', 'b1');
    expect(takeAll(queue)).toEqual(['b1', 'a2', 'a3']);
  });

  test('who has fewer running goes first, whatever its turn', () => {
    const queue = createFairQueue<string>();
    fill(queue, 'a1', 'b1', 'c1');
    const running = new Map([
      ['a', 2],
      ['b', 1],
    ]);
    const take = () => queue.take((callerId) => running.get(callerId ?? '') ?? 0);
    expect([take(), take(), take()]).toEqual(['c1', 'b1', 'a1']);
  });

  test('callers that come back as soon as they were served do not shut out one that waits', () => {
    const queue = createFairQueue<string>();
    fill(queue, 'a1', 'a2', 'b1', 'c1', 'd1');
    const taken: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      const item = queue.take() ?? '';
      taken.push(item);
      queue.push(item[0], item);
    }
    expect(taken.filter((item) => item === 'a2')).toHaveLength(5);
    expect(taken.filter((item) => item === 'd1')).toHaveLength(10);
  });

  test('each of several callers with enough items gets the same number of turns', () => {
    const sizes = fc.array(fc.integer({ min: 8, max: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 8 }), (counts, rounds) => {
        const queue = createFairQueue<string>();
        counts.forEach((count, caller) => {
          for (let item = 0; item < count; item += 1) queue.push(`${caller}`, `${caller}`);
        });
        const taken = Array.from({ length: rounds * counts.length }, () => queue.take());
        counts.forEach((_, caller) => {
          expect(taken.filter((item) => item === `${caller}`)).toHaveLength(rounds);
        });
      }),
    );
  });
});

describe('what goes before one more', () => {
  test.each([
    ['x', ['a1', 'a2', 'a3', 'b1'], 2],
    ['a', ['a1', 'a2', 'a3'], 3],
    ['a', ['a1', 'b1', 'b2', 'b3'], 3],
    [undefined, [], 0],
  ])('of %s behind %j', (callerId, pushed, count) => {
    const queue = createFairQueue<string>();
    fill(queue, ...pushed);
    expect(queue.countBefore(callerId)).toBe(count);
    const name = callerId ?? 'x';
    queue.push(callerId, `${name}-new`);
    expect(takeAll(queue).indexOf(`${name}-new`)).toBeLessThanOrEqual(count);
  });
});

describe('who makes room', () => {
  const find = (callerId: string, pushed: readonly string[], mayLeave = (_item: string) => true) => {
    const queue = createFairQueue<string>();
    fill(queue, ...pushed);
    return queue.findToSpare(callerId, mayLeave);
  };

  test.each([
    ['b', ['a1', 'a2', 'a3'], 'a3'],
    ['b', ['a1', 'a2', 'a3', 'b1'], 'a3'],
    ['b', ['a1', 'a2', 'b1'], undefined],
    ['b', ['a1'], undefined],
    ['a', ['a1', 'a2', 'a3'], undefined],
    ['c', ['a1', 'b1', 'b2'], 'b2'],
  ])('for %s in %j: %s', (callerId, pushed, spared) => {
    expect(find(callerId, pushed)).toBe(spared);
  });

  test('not an item that has to stay', () => {
    expect(find('b', ['a1', 'a2', 'a3'], (item) => item !== 'a3')).toBe('a2');
    expect(find('b', ['a1', 'a2', 'a3'], (item) => item === 'a1')).toBeUndefined();
  });
});

test('items are removed where they stand, and a caller without any has left', () => {
  const queue = createFairQueue<string>();
  fill(queue, 'a1', 'a2', 'b1', 'a3');
  queue.remove('a2');
  queue.remove('z9');
  expect(queue.length).toBe(3);
  expect(queue.removeWhere((item) => item.startsWith('b'))).toEqual(['b1']);
  expect(queue.countBefore('a')).toBe(2);
  expect(takeAll(queue)).toEqual(['a1', 'a3']);
});
