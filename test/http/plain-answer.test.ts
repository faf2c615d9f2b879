import { afterAll, beforeAll, expect, test } from 'vitest';
import { textContent } from '../../src/backend/message-content.ts';
import { finish, sayTexts, scriptedFingerprint, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, postChat, readJson } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Hel', 'lo ', '🦙'),
      short: () => [started, textDelta('Once'), finish(1, 'length')],
      silent: () => [started, finish(1)],
    },
    aliases: { other: 'good' },
  });
});

afterAll(() => app.close());

test('a plain answer, whole', async () => {
  const beforeSeconds = Math.floor(Date.now() / 1000);
  const answer = await postChat(app, chatBody('other'));
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const completion = await readJson(answer);
  expect(completion).toEqual({
    id: expect.stringMatching(/^chatcmpl-/),
    object: 'chat.completion',
    created: expect.any(Number),
    model: 'other',
    system_fingerprint: scriptedFingerprint,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello 🦙', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
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
  expect(completion.created).toBeGreaterThanOrEqual(beforeSeconds);
});

test('finish reasons are truthful and an answer may be empty', async () => {
  const short = await readJson(await postChat(app, chatBody('short')));
  expect(short.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'Once' } });
  const silent = await readJson(await postChat(app, chatBody('silent')));
  expect(silent.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '' } });
});

test('what the backend gets is what was asked for', async () => {
  const body = {
    model: 'good',
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'two' },
        ],
      },
      { role: 'assistant', content: 'Three.' },
      { role: 'user', content: '' },
    ],
    temperature: 0.5,
    top_p: 0.25,
    seed: -7,
    stop: ['a', 'b'],
    max_completion_tokens: 9,
  };
  await postChat(app, JSON.stringify(body));
  expect(app.backend('good').requests.at(-1)).toMatchObject({
    prompt: {
      kind: 'chat',
      messages: [
        { role: 'system', content: textContent('Be brief.') },
        { role: 'user', content: [...textContent('One'), ...textContent('two')] },
        { role: 'assistant', content: textContent('Three.') },
        { role: 'user', content: textContent('') },
      ],
    },
    sampling: { temperature: 0.5, topP: 0.25, seed: -7 },
    stop: ['a', 'b'],
    maxTokens: 9,
  });
});
