import { describe, expect, test } from 'vitest';
import { createEventQueue } from './event-queue.ts';

async function readAll(queue: AsyncIterable<number>): Promise<number[]> {
  const items: number[] = [];
  for await (const item of queue) {
    items.push(item);
  }
  return items;
}

describe('event queue', () => {
  test('gives everything in order, whether written before or while it is read', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    const reading = readAll(queue);
    queue.push(2);
    await Promise.resolve();
    queue.push(3);
    setImmediate(() => {
      queue.push(4);
      queue.end();
    });
    expect(await reading).toEqual([1, 2, 3, 4]);
  });

  test('a failure comes after what was written before it, and only the first ending counts', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    queue.fail(new Error('broken'));
    queue.push(2);
    queue.end();
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const item of queue) {
          seen.push(item);
        }
      })(),
    ).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });

  test('an end before the first read is an empty iteration', async () => {
    const queue = createEventQueue<number>();
    queue.end();
    expect(await readAll(queue)).toEqual([]);
  });

  test('a reader that leaves is reported, and what is written afterwards is dropped', async () => {
    let left = 0;
    const queue = createEventQueue<number>({
      onReturn: () => {
        left += 1;
      },
    });
    queue.push(1);
    queue.push(2);
    for await (const _ of queue) break;
    expect(left).toBe(1);
    queue.push(3);
    queue.fail(new Error('late'));
    expect(await readAll(queue)).toEqual([]);
  });

  test('leaving ends a wait for the next item', async () => {
    const reader = createEventQueue<number>()[Symbol.asyncIterator]();
    const next = reader.next();
    await reader.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('a failure is thrown once, and nothing follows it', async () => {
    const queue = createEventQueue<number>();
    queue.fail(new Error('broken'));
    await expect(readAll(queue)).rejects.toThrow('broken');
    expect(await readAll(queue)).toEqual([]);
  });
});

describe('a queue whose writer waits', () => {
  test('says how many events wait, and when the reader has read them all', async () => {
    let empty = 0;
    const queue = createEventQueue<number>({
      onEmpty: () => {
        empty += 1;
      },
    });
    const reader = queue[Symbol.asyncIterator]();
    queue.push(1);
    queue.push(2);
    expect(queue.length).toBe(2);
    await reader.next();
    expect(queue.length).toBe(1);
    await reader.next();
    expect([queue.length, empty]).toEqual([0, 0]);
    const next = reader.next();
    expect(empty).toBe(1);
    queue.push(3);
    expect(await next).toEqual({ done: false, value: 3 });
  });

  test('reports once that its end, or its failure, was read', async () => {
    for (const isFailure of [false, true]) {
      let reads = 0;
      const queue = createEventQueue<number>({
        onRead: () => {
          reads += 1;
        },
      });
      queue.push(1);
      if (isFailure) queue.fail(new Error('broken'));
      else queue.end();
      expect(reads).toBe(0);
      await readAll(queue).catch(() => undefined);
      await readAll(queue);
      expect(reads).toBe(1);
    }
  });

  test('forgets unread events, and the end behind them, when it is broken off', async () => {
    const queue = createEventQueue<number>();
    queue.push(1);
    queue.end();
    queue.breakOff(new Error('broken off'));
    await expect(readAll(queue)).rejects.toThrow('broken off');
  });

  test('keeps the end of a queue that was empty when it was broken off', async () => {
    const queue = createEventQueue<number>();
    queue.end();
    queue.breakOff(new Error('broken off'));
    expect(await readAll(queue)).toEqual([]);
  });
});
