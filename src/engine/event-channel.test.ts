import { describe, expect, test } from 'vitest';
import { createEventChannel } from './event-channel.ts';

async function readAll(channel: AsyncIterable<number>): Promise<number[]> {
  const items: number[] = [];
  for await (const item of channel) {
    items.push(item);
  }
  return items;
}

describe('event channel', () => {
  test('gives everything in order, whether written before or while it is read', async () => {
    const channel = createEventChannel<number>();
    channel.push(1);
    const reading = readAll(channel);
    channel.push(2);
    await Promise.resolve();
    channel.push(3);
    setImmediate(() => {
      channel.push(4);
      channel.end();
    });
    expect(await reading).toEqual([1, 2, 3, 4]);
  });

  test('a failure comes after what was written before it, and only the first ending counts', async () => {
    const channel = createEventChannel<number>();
    channel.push(1);
    channel.fail(new Error('broken'));
    channel.push(2);
    channel.end();
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const item of channel) {
          seen.push(item);
        }
      })(),
    ).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });

  test('an end before the first read is an empty iteration', async () => {
    const channel = createEventChannel<number>();
    channel.end();
    expect(await readAll(channel)).toEqual([]);
  });

  test('a reader that leaves is reported, and what is written afterwards is dropped', async () => {
    let left = 0;
    const channel = createEventChannel<number>(() => {
      left += 1;
    });
    channel.push(1);
    channel.push(2);
    for await (const _ of channel) break;
    expect(left).toBe(1);
    channel.push(3);
    channel.fail(new Error('late'));
    expect(await readAll(channel)).toEqual([]);
  });

  test('leaving ends a wait for the next item', async () => {
    const reader = createEventChannel<number>()[Symbol.asyncIterator]();
    const next = reader.next();
    await reader.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('a failure is thrown once, and nothing follows it', async () => {
    const channel = createEventChannel<number>();
    channel.fail(new Error('broken'));
    await expect(readAll(channel)).rejects.toThrow('broken');
    expect(await readAll(channel)).toEqual([]);
  });
});
