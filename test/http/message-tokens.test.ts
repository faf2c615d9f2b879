// Counting the tokens of a message over a scripted backend: one token for each character.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptedBackend, sayTexts } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { readAny } from './requests.ts';
import { ask, sendMessage, startMessagesApp, tools } from './scripted-messages.ts';

let app: TestApp;

beforeAll(async () => {
  const { countTokens: _countTokens, ...uncounting } = createScriptedBackend(sayTexts('Hi'));
  app = await startMessagesApp({ backends: { uncounting } });
});

afterAll(() => app.close());

const messages = [{ role: 'user', content: 'Hello' }];

test('the count is the prompt, and nothing is generated', async () => {
  const before = app.backend('good').requests.length;
  const answer = await sendMessage(
    app,
    { model: 'good', messages, system: 'x-anthropic-billing-header: a\nBe kind.', tools, surprise: 1 },
    {},
    '/count_tokens',
  );
  expect(await readAny(answer)).toEqual({ input_tokens: 'Be kind.Hello'.length, context_management: null });
  expect(answer.headers.get('x-token-count')).toBeNull();
  expect(answer.headers.get('x-ignored-params')).toBe('surprise');
  expect(app.backend('good').requests).toHaveLength(before);
});

test('a request for an answer is counted as it is', async () => {
  const answer = await sendMessage(app, ask('good', { stream: true }), {}, '/count_tokens');
  expect(await readAny(answer)).toEqual({ input_tokens: 5, context_management: null });
});

test('where the backend can not count, an estimate says that it is one', async () => {
  const count = async (content: string) => {
    const body = { model: 'uncounting', messages: [{ role: 'user', content }] };
    const answer = await sendMessage(app, body, {}, '/count_tokens');
    expect([answer.status, answer.headers.get('x-token-count')]).toEqual([200, 'estimated']);
    return (await readAny(answer)).input_tokens;
  };
  const short = await count('Hello');
  expect(short).toBeGreaterThan(0);
  expect((await count('Hello '.repeat(100))) - short).toBeGreaterThan(100);
});
