import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import {
  finish,
  type ScriptStep,
  sayTexts,
  scriptedFingerprint,
  started,
  textDelta,
} from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, openRawConnection, postChat, rawHead, toEventTexts } from './requests.ts';

/** Enough to fill every buffer between the server and a client that does not read. */
const largeDelta = '#'.repeat(64 * 1024);
const largeDeltas = 400;

let app: TestApp;
let openGate: () => void;

beforeAll(async () => {
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  app = await startTestApp({
    models: {
      good: sayTexts('Hel', 'lo ', '🦙'),
      odd: sayTexts('data: [DONE]\n\n', 'a\r\nb\u0085c\u2028d\u2029e', '"\\\0'),
      gated: () => [
        started,
        textDelta('first'),
        { type: 'wait-for', promise: gate },
        textDelta('second'),
        finish(3),
      ],
      silent: () => [started, { type: 'wait', ms: 450 }, textDelta('late'), finish(2)],
      crashing: () => [
        started,
        textDelta('Once'),
        { type: 'wait', ms: 20 },
        { type: 'fail', error: new BackendError('engine_crashed', 'The engine crashed.') },
      ],
      breaking: () => [started, textDelta('Once'), { type: 'fail', error: new Error('secret cause') }],
      unfinished: () => [started, textDelta('Once')],
      endless: () => [started, textDelta('Once'), { type: 'wait-for-abort' }],
      large: () => largeScript(),
      ahead: () => [
        started,
        { type: 'made-ahead', events: Array(largeDeltas).fill(textDelta(largeDelta)) },
        { type: 'wait-for-abort' },
      ],
    },
    limits: { pingMs: 100 },
    requestMsMax: 3000,
  });
});

afterAll(() => app.close());

function* largeScript(): Iterable<ScriptStep> {
  yield started;
  for (let index = 0; index < largeDeltas; index += 1) yield textDelta(largeDelta);
  yield finish(largeDeltas + 1);
}

async function readStream(model: string, more: object = {}): Promise<string> {
  const answer = await postChat(app, chatBody(model, { stream: true, ...more }));
  expect(answer.status).toBe(200);
  return answer.text();
}

/** What the socket carried, head and body, from a raw request for a stream. */
async function readRaw(model: string): Promise<string> {
  const { socket, closed } = openRawConnection(app.port);
  const body = chatBody(model, { stream: true });
  socket.write(rawHead(app, [`Content-Length: ${body.length}`]) + body);
  const text = await closed;
  socket.destroy();
  return text;
}

describe('a whole stream', () => {
  test('is made of chunks of one shape', async () => {
    const texts = toEventTexts(await readStream('good'));
    expect(texts.pop()).toBe('[DONE]');
    const chunks = texts.map((text) => JSON.parse(text));
    const { id, created } = chunks[0];
    const envelope = {
      id,
      object: 'chat.completion.chunk',
      created,
      model: 'good',
      system_fingerprint: scriptedFingerprint,
    };
    const choice = (delta: object, finishReason: string | null = null) => [
      { index: 0, delta, logprobs: null, finish_reason: finishReason },
    ];
    expect(chunks).toEqual([
      { ...envelope, choices: choice({ role: 'assistant', content: '' }) },
      { ...envelope, choices: choice({ content: 'Hel' }) },
      { ...envelope, choices: choice({ content: 'lo ' }) },
      { ...envelope, choices: choice({ content: '🦙' }) },
      { ...envelope, choices: choice({}, 'stop') },
    ]);
    expect(id).toMatch(/^chatcmpl-/);
  });

  test('ends with the usage where it is asked for, which is null before', async () => {
    const texts = toEventTexts(await readStream('good', { stream_options: { include_usage: true } }));
    expect(texts.pop()).toBe('[DONE]');
    const chunks = texts.map((text) => JSON.parse(text));
    expect(chunks.pop()).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 4,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 3 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    });
    expect(chunks.map(({ usage }) => usage)).toEqual(chunks.map(() => null));
  });

  test('is an event stream that nobody may keep or gather', async () => {
    const answer = await postChat(app, chatBody('good', { stream: true }));
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('no-cache');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    await answer.text();
  });

  test('carries any text in one line for each event', async () => {
    const stream = await readStream('odd');
    const texts = toEventTexts(stream);
    expect(texts.pop()).toBe('[DONE]');
    const content = texts.map((text) => JSON.parse(text).choices[0].delta.content ?? '').join('');
    expect(content).toBe('data: [DONE]\n\na\r\nb\u0085c\u2028d\u2029e"\\\0');
    expect(stream).not.toMatch(/[\r\u0085\u2028\u2029]/);
  });

  test('keeps its connection for the next request', async () => {
    const { socket, until } = openRawConnection(app.port);
    const body = chatBody('good', { stream: true });
    const whole = rawHead(app, [`Content-Length: ${body.length}`]) + body;
    socket.write(whole);
    await until(/\[DONE\]\n\n\r\n0\r\n\r\n$/);
    socket.write(whole);
    await until(/\[DONE\][\s\S]*\[DONE\]\n\n\r\n0\r\n\r\n$/);
    socket.destroy();
  });
});

test('a chunk goes out when it is made, not when the next one is', async () => {
  const { socket, text, until } = openRawConnection(app.port);
  const body = chatBody('gated', { stream: true });
  socket.write(rawHead(app, [`Content-Length: ${body.length}`]) + body);
  await until(/"content":"first"/);
  expect(text()).not.toContain('second');
  openGate();
  await until(/"content":"second"[\s\S]*\[DONE\]/);
  socket.destroy();
});

test('a silent stream gets comments that every client skips', async () => {
  const stream = await readStream('silent');
  expect(stream.split(': ping\n\n').length - 1).toBeGreaterThanOrEqual(2);
  expect(stream.indexOf(': ping')).toBeLessThan(stream.indexOf('late'));
  expect(toEventTexts(stream).at(-1)).toBe('[DONE]');
});

describe('a stream that breaks', () => {
  test.each([
    ['crashing', 'server_error', 'engine_crashed', 'The engine crashed.'],
    ['breaking', 'server_error', null, 'The server had an error while processing your request.'],
    ['unfinished', 'server_error', null, 'The server had an error while processing your request.'],
    ['endless', 'server_error', 'timeout', 'The request took longer than 3 seconds.'],
  ])('%s: one error event, no end of any kind', async (model, type, code, message) => {
    const raw = await readRaw(model);
    const [head = '', ...rest] = raw.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toMatch(/\r\ntransfer-encoding: chunked/i);
    expect(rest.join('\r\n\r\n')).not.toMatch(/\r\n0\r\n/);
    expect(raw).not.toContain('[DONE]');
    expect(raw).not.toContain('secret cause');
    const events = raw.match(/data: .*/g) ?? [];
    expect(events).toHaveLength(3);
    expect(JSON.parse(events[2]!.slice('data: '.length))).toEqual({
      error: { message, type, param: null, code },
    });
  });

  test('looks broken to fetch, too', async () => {
    const answer = await postChat(app, chatBody('crashing', { stream: true }));
    await expect(answer.text()).rejects.toThrow();
  });
});

test('a slow reader gets everything, and the server does not hold it all for him', async () => {
  const { endings } = app.backend('large');
  const before = endings.length;
  const answer = await postChat(app, chatBody('large', { stream: true }));
  const reader = answer.body!.getReader();
  await new Promise((resolve) => setTimeout(resolve, 300));
  // The script runs only as fast as its reader: it can't be at its end while nobody reads 26 MB.
  expect(endings).toHaveLength(before);
  const decoder = new TextDecoder();
  let letters = 0;
  let tail = '';
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const text = decoder.decode(next.value, { stream: true });
    letters += text.split('#').length - 1;
    tail = (tail + text).slice(-100);
  }
  expect(letters).toBe(largeDelta.length * largeDeltas);
  expect(tail).toMatch(/data: \[DONE\]\n\n$/);
  await expect.poll(() => endings.slice(before)).toMatchObject([{ how: 'finished' }]);
});

test('a reader who stops for good is cut off at the time limit', async () => {
  const { socket } = openRawConnection(app.port);
  const body = chatBody('large', { stream: true });
  socket.write(rawHead(app, [`Content-Length: ${body.length}`]) + body);
  socket.pause();
  const openConnections = () =>
    new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)));
  const before = app.backend('large').endings.length;
  while (app.backend('large').running() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  app.server.closeIdleConnections();
  while (app.backend('large').endings.length === before || (await openConnections()) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    app.server.closeIdleConnections();
  }
  expect(app.backend('large').endings.at(-1)?.how).not.toBe('finished');
  socket.destroy();
});

test('a slow reader who leaves while events are waiting for it leaves nothing behind', async () => {
  const { socket } = openRawConnection(app.port);
  const body = chatBody('ahead', { stream: true });
  socket.write(rawHead(app, [`Content-Length: ${body.length}`]) + body);
  socket.pause();
  while (app.backend('ahead').running() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  while (app.backend('ahead').endings.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(app.backend('ahead').endings.at(-1)?.how).toMatch(/aborted|left/);
});
