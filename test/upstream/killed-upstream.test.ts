// Upstreams that are killed under load, over sockets: no answer is cut that looks whole, none hangs, and service returns.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/gateway/clock.ts';
import type { CompositeBackend } from '../../src/gateway/create-composite-backend.ts';
import { createUpstream } from '../../src/upstream/create-upstream.ts';
import { createComposite, createDeployment, readAnswer } from '../create-deployment.ts';
import { createRequest } from '../create-request.ts';

const pieces = 20;
const pieceMs = 20;
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server of paced streams that can be killed with all its connections, and started again on its port. */
async function startPacedServer() {
  let server: Server | undefined;
  let port = 0;
  let requests = 0;
  const start = async () => {
    const next = createServer(async (request, response) => {
      for await (const chunk of request) void chunk;
      if (request.method === 'GET') {
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'paced', object: 'model' }] }));
        return;
      }
      requests += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choice: object) => {
        const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'paced' };
        response.write(`data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, ...choice }] })}\n\n`);
      };
      send({ delta: { role: 'assistant', content: '' }, finish_reason: null });
      for (let piece = 0; piece < pieces; piece += 1) {
        await sleep(pieceMs);
        if (response.destroyed) return;
        send({ delta: { content: `w${piece} ` }, finish_reason: null });
      }
      send({ delta: {}, finish_reason: 'stop' });
      response.end('data: [DONE]\n\n');
    });
    await new Promise<void>((resolve) => next.listen(port, '127.0.0.1', resolve));
    port = (next.address() as AddressInfo).port;
    server = next;
  };
  const kill = async () => {
    const closed = new Promise((resolve) => server?.close(resolve));
    server?.closeAllConnections();
    await closed;
  };
  await start();
  closers.push(kill);
  const upstream = createUpstream({
    name: 'u',
    baseUrl: new URL(`http://127.0.0.1:${port}/v1`),
    kind: 'openai-compatible',
    apiKey: undefined,
    mode: 'replica',
  });
  closers.push(() => upstream.close());
  const backend = upstream.createBackend({
    deploymentName: 'u',
    model: 'paced',
    timeouts: {},
    capabilities: {},
    passParameters: [],
    allowsImageAddresses: false,
  });
  await upstream.probed;
  return { backend, kill, start, countRequests: () => requests };
}

const whole = Array.from({ length: pieces }, (_, piece) => `w${piece} `).join('');

function ask(composite: CompositeBackend, text: string, isStreamed = true) {
  const generation = composite.generate(createRequest(text, { isStreamed }), new AbortController().signal);
  return readAnswer(generation);
}

test('killed under 200 streams, each has a whole answer or an error, and the service is back within 5 s', async () => {
  const server = await startPacedServer();
  const composite = createComposite([createDeployment('one', server.backend)], systemClock, {
    queueLengthMax: 256,
  });
  const answers = Array.from({ length: 200 }, (_, index) => ask(composite, `${index}`));
  await sleep(pieceMs * 6);
  await server.kill();
  const ended = await Promise.all(answers.slice(0, 100));
  for (const { text, error, events } of ended) {
    if (error === undefined) expect(text).toBe(whole);
    else expect(events.some(({ type }) => type === 'finish')).toBe(false);
  }
  expect(ended.some(({ error }) => error !== undefined)).toBe(true);
  await sleep(1_500);
  const waiting = ask(composite, 'while it is gone');
  await server.start();
  const startedAtMs = performance.now();
  expect(await waiting).toMatchObject({ text: whole, error: undefined });
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  expect(await ask(composite, 'after')).toMatchObject({ text: whole, error: undefined });
  await Promise.all(answers);
  expect(composite.load()).toMatchObject({ running: 0, waiting: 0 });
}, 20_000);

test('a replica that is killed loses only its own running streams, and no plain answer', async () => {
  const [first, second] = [await startPacedServer(), await startPacedServer()];
  const replicas = { a: first.backend, b: second.backend };
  const composite = createComposite([createDeployment('one', replicas)], systemClock, {
    queueLengthMax: 256,
  });
  const streams = Array.from({ length: 100 }, (_, index) => ask(composite, `stream ${index}`));
  const plain = Array.from({ length: 50 }, (_, index) => ask(composite, `plain ${index}`, false));
  await sleep(pieceMs * 6);
  const lostMax = first.backend.load().running;
  await first.kill();
  const later = Array.from({ length: 50 }, (_, index) => ask(composite, `later ${index}`));
  const lost = (await Promise.all(streams)).filter(({ error }) => error !== undefined);
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThanOrEqual(lostMax);
  const others = await Promise.all([...plain, ...later]);
  expect(others.filter(({ text }) => text !== whole)).toEqual([]);
  expect(composite.load().running).toBe(0);
}, 20_000);
