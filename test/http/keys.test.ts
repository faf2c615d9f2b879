import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
});

afterAll(() => app.close());

function postWith(authorization: string | undefined, path = '/v1/inference/chat/completions') {
  return fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: chatBody('good'),
  });
}

test('every kind of bad key is told the same, byte for byte but for the request id', async () => {
  const revoked = await app.keys.create({ name: 'revoked' });
  await app.keys.revoke(revoked.record.id);
  const expired = await app.keys.create({ name: 'expired', expiresAtMs: Date.now() + 500 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  const variants = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    app.key,
    `Basic ${app.key}`,
    `Bearer ${app.key}x`,
    `Bearer ${app.key.slice(0, -1)}`,
    `Bearer ${app.key} ${app.key}`,
    'Bearer gx-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'Bearer sk-something',
    `Bearer ${'x'.repeat(4000)}`,
    "Bearer ' OR 1=1 --",
    `Bearer ${revoked.key}`,
    `Bearer ${expired.key}`,
  ];
  const answers = await Promise.all(
    variants.map(async (authorization) => {
      const answer = await postWith(authorization);
      const { date: _date, ...headers } = Object.fromEntries(answer.headers);
      return JSON.stringify([
        answer.status,
        { ...headers, 'x-request-id': '', 'openai-processing-ms': '' },
        await answer.text(),
      ]);
    }),
  );
  expect(new Set(answers).size).toBe(1);
  const [status, headers, body] = JSON.parse(answers[0]!);
  expect(status).toBe(401);
  expect(headers['x-should-retry']).toBe('false');
  expect(JSON.parse(body)).toEqual({
    error: {
      message: expect.any(String),
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    },
  });
});

test('the key is asked for before the body is looked at', async () => {
  const answer = await fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'nonsense',
  });
  expect(answer.status).toBe(401);
});

test.each(['/v1/models', '/v1/inference/models', '/v1/models/good'])('%s needs a key', async (path) => {
  expect((await fetch(`${app.url}${path}`)).status).toBe(401);
});

test('a key is taken in any case of the scheme, until the moment it is revoked', async () => {
  const { key, record } = await app.keys.create({ name: 'short-lived' });
  expect((await postWith(`bearer  ${key} `)).status).toBe(200);
  await app.keys.revoke(record.id);
  expect((await postWith(`Bearer ${key}`)).status).toBe(401);
});
