import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, openRawConnection, postChat, readJson } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
});

afterAll(() => app.close());

test.each(['abc', 'a1b2-c3_d4.e5:f6', 'x'.repeat(128)])(
  "the client's own sane request id comes back: %.20s",
  async (id) => {
    for (const stream of [false, true]) {
      const answer = await postChat(app, chatBody('good', { stream }), { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe(id);
      await answer.text();
    }
    const failed = await postChat(app, '{', { headers: { 'x-request-id': id } });
    expect(failed.headers.get('x-request-id')).toBe(id);
  },
);

test.each(['', 'x'.repeat(129), 'a b', 'a;b', '<script>', '"', 'á', 'a,b', '{jndi:x}'])(
  'an insane request id is replaced: %.20s',
  async (id) => {
    const answered = await new Promise<string | string[] | undefined>((resolve, reject) => {
      const headers = { 'x-request-id': Buffer.from(id).toString('latin1') };
      request(`${app.url}/health`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.headers['x-request-id']);
      })
        .on('error', reject)
        .end();
    });
    expect(answered).toMatch(/^req_[0-9a-f]{32}$/);
  },
);

test('ids are unique', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => postChat(app, chatBody('good'))));
  const completions = await Promise.all(answers.map(readJson));
  expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(20);
  expect(new Set(completions.map(({ id }) => id)).size).toBe(20);
  for (const { id } of completions) expect(id).toMatch(/^chatcmpl-[\w-]{16,}$/);
});

test('every answer tells how long it took', async () => {
  const answers = [
    await postChat(app, chatBody('good')),
    await postChat(app, chatBody('good', { stream: true })),
    await postChat(app, '{'),
    await fetch(`${app.url}/health`),
    await fetch(`${app.url}/nowhere`),
  ];
  for (const answer of answers) expect(answer.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
});

test('fields that nobody knows are named, and refused where strictness is asked for', async () => {
  const body = chatBody('good', { favourite_colour: 'green', 'odd,name\r\nx': 1 });
  for (const stream of [false, true]) {
    const answer = await postChat(app, JSON.stringify({ ...JSON.parse(body), stream }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe('favourite_colour, odd_name__x');
    await answer.text();
  }
  const strict = await postChat(app, body, { headers: { 'x-compat': 'strict' } });
  expect(strict.status).toBe(400);
  expect((await readJson(strict)).error).toMatchObject({
    type: 'invalid_request_error',
    code: 'unsupported_parameter',
    param: 'favourite_colour',
  });
  const clean = await postChat(app, chatBody('good'), { headers: { 'x-compat': 'strict' } });
  expect(clean.status).toBe(200);
  expect(clean.headers.get('x-ignored-params')).toBeNull();
});

test('values that change nothing are taken, also strictly', async () => {
  const body = chatBody('good', { n: 1, tools: [], logprobs: false, frequency_penalty: 0, user: null });
  const answer = await postChat(app, body, { headers: { 'x-compat': 'strict' } });
  expect(answer.status).toBe(200);
});

test('curl asks before it sends a big body, and is told to go on', async () => {
  const { socket, until, closed } = openRawConnection(app.port);
  const body = chatBody('good');
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: gravix\r\nConnection: close\r\nAuthorization: Bearer ${app.key}\r\n` +
      `Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  await until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
  socket.write(body);
  expect(await closed).toMatch(/HTTP\/1\.1 200 OK/);
});

test.each([
  ['/v1/chat/completions', { error: { type: 'invalid_request_error', param: null, code: null } }],
  ['/v1/messages', { type: 'error', error: { type: 'invalid_request_error' } }],
])('an expectation that is not known is refused in the form of %s', async (path, body) => {
  const { socket, closed } = openRawConnection(app.port);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: gravix\r\nConnection: close\r\nAuthorization: Bearer ${app.key}\r\n` +
      'Content-Type: application/json\r\nExpect: a miracle\r\nContent-Length: 2\r\n\r\n{}',
  );
  const [head = '', text = ''] = (await closed).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  expect(head).toMatch(/\r\nx-request-id: req_[0-9a-f]{32}/);
  expect(JSON.parse(text)).toMatchObject(body);
  expect(JSON.parse(text).error.message).toBe('The header Expect may be 100-continue only.');
});
