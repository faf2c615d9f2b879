import { expect, onTestFinished, test } from 'vitest';
import { ask } from './ask.ts';
import { createConnections } from './connections.ts';
import type { ExchangeRequest } from './exchange.ts';

const request: ExchangeRequest = { method: 'POST', path: '/v1/a', headers: {}, body: '{}', connectMs: 5000 };

/** What undici finds wrong before it sends anything. */
const wrongRequests: Readonly<Record<string, Partial<ExchangeRequest>>> = {
  'the name of a header': { headers: { 'a header': 'b' } },
  'the value of a header': { headers: { a: 'b\nc' } },
  'a path': { path: 'v1/a b' },
};

test.each(Object.entries(wrongRequests))(
  'a request with a wrong part fails as undici says: %s',
  async (_, wrong) => {
    const connections = createConnections(new URL('http://127.0.0.1:1'));
    onTestFinished(() => connections.close());
    let wasLost = false;
    const limits = {
      totalMs: 10_000,
      answerBytesMax: 1000,
      signal: new AbortController().signal,
      onUnanswered: () => {
        wasLost = true;
      },
    };
    const failure = await ask(connections, { ...request, ...wrong }, limits).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^UND_ERR_/) });
    expect(wasLost).toBe(false);
  },
);

test('who opens a request hears nothing of it before it is open', async () => {
  const connections = createConnections(new URL('http://127.0.0.1:1'));
  onTestFinished(() => connections.close());
  let isOpen = false;
  const failed = new Promise<boolean>((resolve) => {
    connections.open(
      { ...request, headers: { 'a header': 'b' } },
      { onHead: () => {}, onBytes: () => {}, onEnd: () => {}, onFailure: () => resolve(isOpen) },
    );
  });
  isOpen = true;
  expect(await failed).toBe(true);
});
