import { createServer, type ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { listenOnLoopback } from '../../test/listen-on-loopback.ts';
import { createGatheredText } from './gathered-text.ts';

async function answer(write: (raw: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer((_request, raw) => void write(raw));
  const { port, close } = await listenOnLoopback(server);
  try {
    return await (await fetch(`http://127.0.0.1:${port}/`)).text();
  } finally {
    await close();
  }
}

test('texts of one turn are one write, also where promises lie between them, and none is lost', async () => {
  let writes: unknown[] = [];
  const text = await answer(async (raw) => {
    const write = vi.spyOn(raw, 'write');
    const gathered = createGatheredText(raw);
    // As events come: in a promise's turn, which ends before the next tick.
    await Promise.resolve();
    for (const letter of 'abc') {
      gathered.add(letter);
      await Promise.resolve();
    }
    await new Promise(setImmediate);
    gathered.add('d');
    await new Promise(setImmediate);
    gathered.add('e');
    raw.end(`${gathered.take()}f`);
    writes = write.mock.calls.map(([written]) => written);
  });
  expect(text).toBe('abcdef');
  expect(writes).toEqual(['abc', 'd']);
});

test('a turn that brings much is written as it comes', async () => {
  let writes: unknown[] = [];
  const line = 'a'.repeat(4096);
  const text = await answer(async (raw) => {
    const write = vi.spyOn(raw, 'write');
    const gathered = createGatheredText(raw);
    await Promise.resolve();
    for (let count = 0; count < 9; count += 1) gathered.add(line);
    raw.end(gathered.take());
    writes = write.mock.calls.map(([written]) => written);
  });
  expect(text).toBe(line.repeat(9));
  expect(writes).toEqual([line.repeat(4), line.repeat(4)]);
});

test('what was not written when the connection was cut is dropped', async () => {
  const failed = answer(async (raw) => {
    raw.on('error', (error) => {
      throw error;
    });
    createGatheredText(raw).add('a');
    raw.destroy();
  });
  await expect(failed).rejects.toThrow();
});
