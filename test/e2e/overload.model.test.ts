// A server with one slot and a short queue, really full.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { complete, openStream, post, type RunningStream, user, waitForRequests } from './chat-client.ts';

const story = [user('Tell me a very long story about the sea.')];

/** Without the token that ends a message (SmolLM2's is 2), so that it ends for no reason of its own. */
const endless = { messages: story, max_tokens: 8000, logit_bias: { 2: -100 } };

let server: ServerProcess;
let stopRunning: (() => Promise<unknown>) | undefined;

beforeAll(async () => {
  const flags = [
    '--slots',
    '1',
    '--queue-length-max',
    '1',
    '--queue-wait-ms-max',
    '3000',
    '--metrics',
    'open',
  ];
  server = await startServerProcess({ flags: [...flags, '--request-ms-max', '8000'] });
});

afterEach(async () => {
  await stopRunning?.();
  stopRunning = undefined;
});

afterAll(() => server.stop());

/** Holds the only slot until the test is over, or the time limit of a request comes. */
async function fillSlot(): Promise<RunningStream> {
  const controller = new AbortController();
  const running = await openStream(server, endless, controller.signal);
  stopRunning = () => {
    controller.abort();
    return running.ended;
  };
  await running.begun;
  return running;
}

async function expectBusy(answer: Response): Promise<void> {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('x-should-retry')).toBeNull();
  // Measured, so not known: whole seconds, at least one, and not an hour for a queue of one.
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d{0,2}$/);
  expect(await answer.json()).toEqual({
    error: { message: expect.any(String), type: 'server_error', param: null, code: 'overloaded' },
  });
}

test('a full queue refuses at once, and the deadline of the queue refuses who waited', async () => {
  await fillSlot();
  const waiting = post(server, { messages: story, max_tokens: 1 });
  let hasWaited = false;
  void waiting.then(() => {
    hasWaited = true;
  });
  await waitForRequests(server, 'waiting', 1);
  const refused = await post(server, { messages: story, max_tokens: 1, stream: true });
  expect(hasWaited).toBe(false);
  await expectBusy(refused);
  await expectBusy(await waiting);
});

test('and serves again when there is room', async () => {
  await fillSlot();
  await stopRunning?.();
  stopRunning = undefined;
  expect((await complete(server, { messages: story, max_tokens: 2 })).usage.completion_tokens).toBe(2);
});

test('a request over its time limit is 504', async () => {
  const answer = await post(server, endless);
  expect(answer.status).toBe(504);
  expect(answer.headers.get('x-should-retry')).toBe('false');
  expect(await answer.json()).toEqual({
    error: { message: expect.any(String), type: 'server_error', param: null, code: 'timeout' },
  });
});
