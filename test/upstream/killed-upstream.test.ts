// Upstreams that are killed under load, over sockets: no answer is cut that looks whole, none hangs, and service returns.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/gateway/clock.ts';
import type { CompositeBackend } from '../../src/gateway/create-composite-backend.ts';
import { createUpstream } from '../../src/upstream/create-upstream.ts';
import { createComposite, createDeployment, readAnswer } from '../create-deployment.ts';
import { createRequest, untouched } from '../create-request.ts';
import { chunk, done, finishChunk, roleChunk, sseHead, events as toText } from './answer-texts.ts';
import { type Behaviour, startFaultyUpstream } from './faulty-upstream.ts';
import { toDeploymentOptions } from './upstream-setup.ts';

const pieces = 20;
const pieceMs = 20;

const paced: Behaviour = async ({ response }) => {
  response.writeHead(200, sseHead);
  response.write(toText(roleChunk));
  for (let piece = 0; piece < pieces; piece += 1) {
    await sleep(pieceMs);
    if (response.destroyed) return;
    response.write(toText(chunk({ delta: { content: `w${piece} ` } })));
  }
  response.end(toText(finishChunk) + done);
};

/** A server of paced streams that can be killed with all its connections, and started again on its port. */
async function startPacedServer() {
  const pages = { '/v1/models': { object: 'list', data: [{ id: 'paced', object: 'model' }] } };
  let server = await startFaultyUpstream({ behaviours: { paced }, pages });
  const { baseUrl } = server;
  const kill = () => server.close();
  const start = async () => {
    server = await startFaultyUpstream({ behaviours: { paced }, pages, port: Number(baseUrl.port) });
  };
  const upstream = createUpstream({
    baseUrl,
    kind: 'openai-compatible',
    apiKey: undefined,
    mode: 'replica',
  });
  onTestFinished(async () => {
    await upstream.close();
    await kill();
  });
  const backend = upstream.createBackend(toDeploymentOptions('paced', { timeouts: {} }));
  await upstream.probed;
  return { backend, kill, start };
}

const whole = Array.from({ length: pieces }, (_, piece) => `w${piece} `).join('');

function ask(composite: CompositeBackend, text: string, isStreamed = true) {
  return readAnswer(composite.generate(createRequest(text, { isStreamed }), untouched()));
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
