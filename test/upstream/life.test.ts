// What becomes of connections and memory while requests come, go and fail.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { createRequest, untouched } from '../create-request.ts';
import { expectWithin } from '../expect-within.ts';
import { chatBody, postChat, rawHead } from '../http/requests.ts';
import { allChunks, chunk, events, roleChunk, sseHead, wholeBody, wholeHead } from './answer-texts.ts';
import { faultyBehaviours, unusualBehaviours } from './behaviours.ts';
import { type Behaviour, startFaultyUpstream } from './faulty-upstream.ts';
import { readText, startUpstreamSetup, type UpstreamSetup } from './upstream-setup.ts';

/** Bytes that an endless stream has sent. */
let sentBytes = 0;
const endless: Behaviour = async ({ response }) => {
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.writeHead(200, sseHead);
  response.write(events(roleChunk));
  const text = events(chunk({ delta: { content: 'x'.repeat(1000) } })).repeat(50);
  while (!response.destroyed) {
    sentBytes += text.length;
    if (response.write(text)) continue;
    await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed]);
  }
};

const behaviours: Readonly<Record<string, Behaviour>> = {
  ...unusualBehaviours,
  ...faultyBehaviours,
  endless,
  'one at a time': async ({ response }) => {
    response.writeHead(200, sseHead);
    for (const one of allChunks) {
      response.write(events(one));
      await sleep(30);
    }
    response.end('data: [DONE]\n\n');
  },
};

let setup: UpstreamSetup;
let createBackend: UpstreamSetup['createBackend'];

beforeAll(async () => {
  setup = await startUpstreamSetup(behaviours);
  ({ createBackend } = setup);
});
afterAll(() => setup.close());

afterEach(async () => {
  await expect.poll(() => setup.server.stats().open).toBe(0);
});

test('events come as they are made, and not at the end', async () => {
  const backend = createBackend('one at a time');
  const times: number[] = [];
  for await (const event of backend.generate(createRequest('Hi'), untouched()).events) {
    if (event.type === 'text-delta') times.push(performance.now());
  }
  expect(times).toHaveLength(3);
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(40);
});

test.each([true, false])(
  "a client that leaves closes the upstream's request at once (stream: %s)",
  async (stream) => {
    const model = stream ? 'stall' : 'hang';
    // Of a kind that is not asked for the tokens of the prompt afterwards.
    const backend = createBackend(model, {}, { kind: 'openai-compatible' });
    const app = await setup.startApp({ left: backend });
    await expectWithin(500, async () => {
      const before = setup.server.stats();
      const controller = new AbortController();
      const answer = postChat(app, chatBody('left', { stream }), { signal: controller.signal });
      if (stream) await (await answer).body?.getReader().read();
      else await expect.poll(() => setup.server.stats().open).toBe(before.open + 1);
      controller.abort();
      await answer.catch(() => undefined);
      const leftAtMs = performance.now();
      await expect.poll(() => setup.server.stats().open, { interval: 5 }).toBe(before.open);
      const endedAtMs = performance.now();
      await expect.poll(() => setup.server.stats().aborted).toBe(before.aborted + 1);
      return endedAtMs - leftAtMs;
    });
  },
);

test('a client that does not read makes the upstream wait', async () => {
  const app = await setup.startApp({
    endless: createBackend('endless', { timeouts: { betweenChunksMs: 300, totalMs: 20_000 } }),
  });
  const socket = connect({ host: '127.0.0.1', port: app.port });
  socket.on('error', () => undefined);
  const body = chatBody('endless', { stream: true });
  socket.pause();
  socket.write(rawHead(app, [`Content-Length: ${Buffer.byteLength(body)}`]) + body);
  await expect.poll(() => sentBytes, { timeout: 5000 }).toBeGreaterThan(100_000);
  let earlier = -1;
  // The sockets between them fill, and then nothing moves.
  await expect
    .poll(
      () => {
        const isStill = sentBytes === earlier;
        earlier = sentBytes;
        return isStill;
      },
      { interval: 300, timeout: 10_000 },
    )
    .toBe(true);
  expect(sentBytes).toBeLessThan(40_000_000);
  const { open } = setup.server.stats();
  // The time that the client takes is not the upstream's, which may not send meanwhile.
  await sleep(600);
  expect(setup.server.stats().open).toBe(open);
  socket.destroy();
  await expect.poll(() => setup.server.stats().open).toBe(open - 1);
});

test('a thousand streams at once, and their connections are used again', async () => {
  const backend = createBackend('paced');
  const before = setup.server.stats().connections;
  const texts = await Promise.all(
    Array.from({ length: 1000 }, () => readText(backend.generate(createRequest('Hi'), untouched()))),
  );
  expect(new Set(texts)).toEqual(new Set(['Hello wörld']));
  expect(backend.load()).toMatchObject({ running: 0 });
  const opened = setup.server.stats().connections - before;
  for (let turn = 0; turn < 20; turn += 1) {
    await readText(backend.generate(createRequest('Hi', { isStreamed: false }), untouched()));
  }
  expect(setup.server.stats().connections - before).toBe(opened);
});

test('an upstream that hangs holds no request to another', async () => {
  const hanging = createBackend('hang');
  const controller = new AbortController();
  const stuck = Array.from({ length: 200 }, () =>
    readText(hanging.generate(createRequest('Hi'), controller.signal)).catch(() => 'aborted'),
  );
  expect(await readText(createBackend('fast').generate(createRequest('Hi'), untouched()))).toBe(
    'Hello wörld',
  );
  controller.abort();
  expect(new Set(await Promise.all(stuck))).toEqual(new Set(['aborted']));
});

test('a request whose connection was closed behind the one before is sent again, once', async () => {
  // It serves one request on each connection, and says nothing of that.
  let requests = 0;
  const seen = new WeakMap<object, number>();
  const stale = await startFaultyUpstream({
    behaviours: {
      m: ({ response, isStreamed }) => {
        const { socket } = response;
        requests += 1;
        const served = socket === null ? 0 : (seen.get(socket) ?? 0);
        if (socket !== null) seen.set(socket, served + 1);
        if (served > 0) {
          socket?.destroy();
          return;
        }
        response.writeHead(200, wholeHead(isStreamed));
        response.end(wholeBody(isStreamed));
      },
    },
  });
  try {
    const backend = createBackend('m', {}, { baseUrl: stale.baseUrl, kind: 'openai' });
    await expect.poll(() => backend.state()).toBe('ready');
    const ask = () => readText(backend.generate(createRequest('Hi'), untouched()));
    expect(await ask()).toBe('Hello wörld');
    expect(await ask()).toBe('Hello wörld');
    expect(requests).toBe(3);
    expect(await ask()).toBe('Hello wörld');
    expect(requests).toBe(5);
  } finally {
    await stale.close();
  }
});

test('one that closes takes no more requests, lets running ones finish, and then ends the rest', async () => {
  const backend = createBackend('one at a time');
  const hanging = createBackend('hang');
  const finished = readText(backend.generate(createRequest('Hi'), untouched()));
  const ended = readText(hanging.generate(createRequest('Hi'), untouched()));
  ended.catch(() => undefined);
  const closed = Promise.all([backend.close(5000), hanging.close(100)]);
  expect(backend.state()).toBe('draining');
  const late = readText(backend.generate(createRequest('Hi'), untouched()));
  await expect(late).rejects.toMatchObject({ code: 'overloaded', isRetryable: true });
  expect(await finished).toBe('Hello wörld');
  await expect(ended).rejects.toBeInstanceOf(BackendError);
  await closed;
  expect([backend.state(), hanging.state()]).toEqual(['closed', 'closed']);
});

test('one that is closed twice ends for both, and the shorter time counts', async () => {
  const backend = createBackend('one at a time');
  const finished = readText(backend.generate(createRequest('Hi'), untouched()));
  await Promise.all([backend.close(5000), backend.close(5000)]);
  expect(await finished).toBe('Hello wörld');
  const hanging = createBackend('hang');
  const ended = readText(hanging.generate(createRequest('Hi'), untouched()));
  ended.catch(() => undefined);
  await Promise.all([hanging.close(60_000), hanging.close(100)]);
  await expect(ended).rejects.toBeInstanceOf(BackendError);
});

test.each(['http://127.0.0.1:1/v1', 'http://no-such-host.invalid/v1'])(
  '%s can not be reached',
  async (url) => {
    const backend = createBackend('m', {}, { baseUrl: new URL(url) });
    const refusal = await readText(backend.generate(createRequest('Hi'), untouched())).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: 'upstream_error', isRetryable: true, wasGenerating: false });
    // Clients see no address.
    expect(String(refusal)).not.toMatch(/127|invalid|ECONN/);
    await expect.poll(() => backend.state()).toBe('failed');
  },
);

test('a server that accepts no connection is given up in time', async () => {
  // An address for documentation, to which nothing answers: RFC 5737.
  const backend = createBackend(
    'm',
    { timeouts: { connectMs: 200 } },
    { baseUrl: new URL('http://192.0.2.1/v1') },
  );
  const startedAtMs = performance.now();
  const refusal = readText(backend.generate(createRequest('Hi'), untouched()));
  await expect(refusal).rejects.toMatchObject({ isRetryable: true, wasGenerating: false });
  expect(performance.now() - startedAtMs).toBeLessThan(3000);
});
