// What a backend is asked of thoughts, templates and beginnings, and streams that hide the lengths of their words.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChatCompletion } from '../../src/protocol/openai/chat/chat-completion.ts';
import type { ChatCompletionChunk } from '../../src/protocol/openai/chat/chat-completion-chunk.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { foldChunks } from './fold-chunks.ts';
import { chatBody, postChat, toEventTexts } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hel', 'lo ', '🦙') } });
});
afterAll(() => app.close());

test('every parameter reaches the backend, and none is named as ignored', async () => {
  const answer = await postChat(
    app,
    chatBody('good', {
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi', prefix: true },
      ],
      reasoning_effort: 'low',
      reasoning_budget: 12,
      chat_template_kwargs: { enable_thinking: true },
      continue_final_message: true,
      add_generation_prompt: false,
      min_tokens: 2,
      ignore_eos: true,
      stop_token_ids: [7],
    }),
    { headers: { 'x-compat': 'strict' } },
  );
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ignored-params')).toBeNull();
  expect(app.backend('good').requests.at(-1)).toMatchObject({
    reasoning: { effort: 'low', tokensMax: 12 },
    templateVariables: { enable_thinking: true },
    continuesLastMessage: true,
    ending: { minTokens: 2, isEndBarred: true, stopTokens: [7] },
  });
});

test('an obfuscated stream folds into the plain answer, and only its usage has no letters', async () => {
  const stream_options = { include_usage: true, include_obfuscation: true };
  const streamed = await postChat(app, chatBody('good', { stream: true, stream_options }));
  const events = toEventTexts(await streamed.text());
  expect(events.pop()).toBe('[DONE]');
  const chunks = events.map((event): ChatCompletionChunk => JSON.parse(event));
  expect(chunks.map(({ obfuscation }) => typeof obfuscation)).toEqual([
    ...Array(chunks.length - 1).fill('string'),
    'undefined',
  ]);
  const answer = await postChat(app, chatBody('good'));
  const plain: ChatCompletion = JSON.parse(await answer.text());
  expect(foldChunks(chunks).choices).toEqual(plain.choices);
  const bare = await postChat(app, chatBody('good', { stream: true }));
  expect(await bare.text()).not.toContain('obfuscation');
});
