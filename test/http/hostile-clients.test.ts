import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messagesOf } from '../messages-of.ts';
import { sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import {
  assertAlive,
  chatBody,
  eventually,
  openRawConnection,
  postChat,
  rawHead,
  readJson,
} from './requests.ts';

const bodyMsMax = 400;
const bodyBytesMax = 10 * 1024 ** 2;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Hi'),
      echo: (request) => [started, textDelta(`${messagesOf(request).length}`), finishOf()],
    },
    limits: { bodyMsMax, bodyBytesMax },
  });
});

afterAll(() => app.close());

function finishOf() {
  const usage = { promptTokens: 1, completionTokens: 1, cachedTokens: 0, reasoningTokens: 0 };
  return { type: 'finish', reason: 'stop', usage } as const;
}

/** The JSON error of a raw HTTP answer, with its status. */
function readRawError(text: string): { status: number; type: unknown; code: unknown; message: string } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const { type, code, message } = JSON.parse(body).error;
  return { status: Number(head.split(' ')[1]), type, code, message };
}

const tooLarge = { type: 'invalid_request_error', code: 'request_too_large', param: null };

describe('a body over the limit', () => {
  test('of declared length is refused before it is read', async () => {
    const { socket, until } = openRawConnection(app.port);
    socket.write(rawHead(app, ['Content-Length: 20971520']));
    expect(readRawError(await until(/}}$/))).toMatchObject({ status: 413, code: 'request_too_large' });
    socket.destroy();
    await assertAlive(app);
  });

  test('of 20 MB, really sent', async () => {
    const answer = await postChat(app, chatBody('good', { filler: 'x'.repeat(20 * 1024 ** 2) }));
    expect(answer.status).toBe(413);
    expect((await readJson(answer)).error).toMatchObject(tooLarge);
    await assertAlive(app);
  });

  test('in chunks without a length is refused when the limit is passed', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(`${app.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' },
        // As every SDK does: a client that asks to close gets the close too, and may meet it first.
        agent: new Agent({ keepAlive: true }),
      });
      outgoing.on('response', (answer) => {
        resolve(answer.statusCode);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      const piece = Buffer.alloc(64 * 1024, 'x');
      const timer = setInterval(() => {
        for (let index = 0; index < 20; index += 1) outgoing.write(piece);
      }, 1);
      outgoing.on('close', () => clearInterval(timer));
    });
    expect(status).toBe(413);
    await assertAlive(app);
  });

  test('just under it is taken', async () => {
    const frame = chatBody('good', { filler: '' });
    const answer = await postChat(app, chatBody('good', { filler: 'x'.repeat(bodyBytesMax - frame.length) }));
    expect(answer.status).toBe(200);
  });

  test('by one byte is not', async () => {
    const frame = chatBody('good', { filler: '' });
    const body = chatBody('good', { filler: 'x'.repeat(bodyBytesMax - frame.length + 1) });
    const answer = await postChat(app, body);
    expect(answer.status).toBe(413);
    expect((await readJson(answer)).error).toMatchObject(tooLarge);
  });
});

test('10,000 messages are a conversation like any other', async () => {
  const messages = Array.from({ length: 10_000 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `message ${index}`,
  }));
  const answer = await postChat(app, JSON.stringify({ model: 'echo', messages }));
  expect(await answer.text()).toContain('"content":"10000"');
  await assertAlive(app);
});

test('JSON nested deep is refused or ignored, never a crash', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const answer = await postChat(app, `{"model":"good","messages":${deep}}`);
  expect(answer.status).toBe(400);
  await assertAlive(app);
});

test('names that JavaScript knows are not special', async () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const poison = `"${name}":{"model":"good","prototype":{"model":"good"}}`;
    const missing = await postChat(app, `{${poison},"messages":[{"role":"user","content":"Hello"}]}`);
    expect(missing.status).toBe(400);
    expect(await missing.text()).toContain("Missing required parameter: 'model'");
    const ignored = await postChat(
      app,
      `{${poison},"model":"good","messages":[{"role":"user","content":"Hello",${poison}}]}`,
    );
    expect(ignored.status).toBe(200);
    expect(ignored.headers.get('x-ignored-params')).toBe(`${name}, messages[0].${name}`);
    await ignored.text();
  }
  expect(Object.hasOwn(Object.prototype, 'model')).toBe(false);
  await assertAlive(app);
});

describe('a client that is too slow', () => {
  test('with its body', async () => {
    const { socket, closed } = openRawConnection(app.port);
    socket.write(`${rawHead(app, ['Content-Length: 1000'])}{"model":`);
    const text = await closed;
    expect(readRawError(text)).toMatchObject({
      status: 408,
      type: 'invalid_request_error',
      code: 'request_timeout',
    });
    expect(text).toMatch(/\r\nx-request-id: req_[0-9a-f]{32}\r\n/);
    expect(text).not.toContain('x-should-retry');
    await assertAlive(app);
  });

  test('with its body, a byte at a time', async () => {
    const { socket, closed } = openRawConnection(app.port);
    socket.write(rawHead(app, ['Content-Length: 1000']));
    const timer = setInterval(() => socket.write(' '), 50);
    expect(readRawError(await closed)).toMatchObject({ status: 408, code: 'request_timeout' });
    clearInterval(timer);
    await assertAlive(app);
  });

  test('with its headers, a byte at a time', async () => {
    const { socket, closed } = openRawConnection(app.port);
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: gravix\r\nX-Slow: ');
    const timer = setInterval(() => socket.write('a'), 50);
    expect(readRawError(await closed)).toMatchObject({ status: 408, code: 'request_timeout' });
    clearInterval(timer);
    await assertAlive(app);
  });

  test('and does not hang up when told so is cut off', async () => {
    const { socket, until } = openRawConnection(app.port);
    socket.write(rawHead(app, ['Content-Length: 1000']));
    await until(/request_timeout/);
    const timer = setInterval(() => socket.write(' '), 20);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    clearInterval(timer);
  });
});

test.each([
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 400],
  [
    'headers over all measure',
    `GET /health HTTP/1.1\r\nHost: g\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
  ],
  [
    'a length and chunks at once',
    'POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
])('%s', async (_name, text, status) => {
  const { socket, closed } = openRawConnection(app.port);
  socket.write(text);
  expect(readRawError(await closed)).toMatchObject({ status, type: 'invalid_request_error' });
  await assertAlive(app);
});

test('a socket closed half-way through the body leaves nothing behind', async () => {
  const before = app.backend('good').requests.length;
  for (const close of ['end', 'destroy', 'resetAndDestroy'] as const) {
    const { socket } = openRawConnection(app.port);
    socket.write(`${rawHead(app, ['Content-Length: 1000'])}{"model":"good"`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket[close]();
  }
  await eventually(() => app.logLines().filter(({ isComplete }) => isComplete === false).length >= 3);
  expect(app.backend('good').requests.length).toBe(before);
  expect(app.logText()).not.toContain('failed unexpectedly');
  await assertAlive(app);
});

test('200 connections at once are all served', async () => {
  const agent = new Agent({ maxSockets: 200, keepAlive: true });
  const statuses = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      postWithAgent(agent, chatBody('good', { stream: index % 2 === 0 })),
    ),
  );
  agent.destroy();
  expect(statuses).toEqual(statuses.map(() => 200));
  await assertAlive(app);
});

function postWithAgent(agent: Agent, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${app.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' },
      agent,
    });
    outgoing.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('200 connections that say nothing hold up nobody, and are closed', async () => {
  const connections = Array.from({ length: 200 }, () => openRawConnection(app.port));
  await Promise.all(
    connections.map(({ socket }) => new Promise<void>((resolve) => socket.once('connect', resolve))),
  );
  expect((await postChat(app, chatBody('good'))).status).toBe(200);
  await Promise.all(connections.map(({ closed }) => closed));
  for (const { socket } of connections) socket.destroy();
  await assertAlive(app);
});

test('connections over the limit are closed at once', async () => {
  const small = await startTestApp({ models: { good: sayTexts('Hi') }, limits: { connectionsMax: 2 } });
  const kept = [openRawConnection(small.port), openRawConnection(small.port)];
  await Promise.all(
    kept.map(({ socket }) => new Promise<void>((resolve) => socket.once('connect', resolve))),
  );
  const refused = openRawConnection(small.port);
  expect(await refused.closed).toBe('');
  for (const { socket } of kept) socket.destroy();
  await small.close();
});
