// Whose request it is reaches the backend, which gives slots to callers in turn.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, started } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: { good: () => [started, { type: 'text-delta', text: 'Hello' }, finish(1)] },
  });
});
afterAll(() => app.close());

test.each([
  ['chat/completions', { messages: [{ role: 'user', content: 'Hello' }] }],
  ['chat/completions', { messages: [{ role: 'user', content: 'Hello' }], n: 2, stream: true }],
  ['completions', { prompt: ['Hello', 'Bye'] }],
  ['responses', { input: 'Hello', store: false }],
])('%s with %j', async (path, body) => {
  const callers: (string | undefined)[] = [];
  for (const { key, record } of [
    await app.keys.create({ name: 'a' }),
    await app.keys.create({ name: 'b' }),
  ]) {
    const before = app.backend('good').requests.length;
    const answer = await fetch(`${app.url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'good', ...body }),
    });
    expect(answer.status).toBe(200);
    await answer.text();
    const asked = app.backend('good').requests.slice(before);
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.map(({ callerId }) => callerId))).toEqual(new Set([record.id]));
    callers.push(record.id);
  }
  expect(new Set(callers).size).toBe(2);
});
