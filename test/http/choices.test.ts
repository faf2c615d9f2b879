// Several answers to one prompt, and log-probabilities, as the official SDK reads them.
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerationEvent, TokenLogprob } from '../../src/backend/generation-event.ts';
import { finish, type Script, started } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, postChat, toEventTexts } from './requests.ts';

let app: TestApp;
let client: OpenAI;

function toToken(text: string, logprob: number): TokenLogprob {
  const bytes = [...Buffer.from(text)];
  return { text, bytes, logprob, top: [{ text, bytes, logprob }] };
}

/** Every choice says its own id, in three deltas. */
const sayId: Script = ({ id, topLogprobs }) => [
  started,
  ...['I ', 'am ', id.replace(/^chatcmpl-[0-9a-f]+/, '#')].map(
    (text, index): GenerationEvent => ({
      type: 'text-delta',
      text,
      ...(topLogprobs === undefined ? {} : { logprobs: [toToken(text, -index)] }),
    }),
  ),
  finish(4, id.endsWith('-2') ? 'length' : 'stop'),
];

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayId } });
  client = new OpenAI({ baseURL: `${app.url}/v1/inference`, apiKey: app.key, maxRetries: 0 });
});
afterAll(() => app.close());

const request = {
  model: 'good',
  messages: [{ role: 'user' as const, content: 'Hello' }],
  n: 3,
  logprobs: true,
  top_logprobs: 1,
};
const texts = ['I am #', 'I am #-1', 'I am #-2'];
const reasons = ['stop', 'stop', 'length'];

test('a plain answer has all choices in order, one prompt and all tokens', async () => {
  const completion = await client.chat.completions.create(request);
  expect(completion.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(completion.choices.map(({ message }) => message.content)).toEqual(texts);
  expect(completion.choices.map((choice) => choice.finish_reason)).toEqual(reasons);
  expect(completion.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 12, total_tokens: 24 });
  for (const [index, { logprobs }] of completion.choices.entries()) {
    expect(logprobs?.content?.map(({ token }) => token).join('')).toBe(texts[index]);
    expect(logprobs?.content?.[1]).toEqual({
      token: 'am ',
      logprob: -1,
      bytes: [97, 109, 32],
      top_logprobs: [{ token: 'am ', logprob: -1, bytes: [97, 109, 32] }],
    });
    expect(logprobs?.refusal).toBeNull();
  }
});

test('a stream is read by the SDK as the same answer', async () => {
  const stream = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
  const completion = await stream.finalChatCompletion();
  expect(completion.choices.map(({ message }) => message.content)).toEqual(texts);
  expect(completion.choices.map((choice) => choice.finish_reason)).toEqual(reasons);
  expect(completion.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 12 });
  for (const [index, { logprobs }] of completion.choices.entries()) {
    expect(logprobs?.content?.map(({ token }) => token).join('')).toBe(texts[index]);
  }
});

test('a stream has one first and one last chunk for each choice, and one end', async () => {
  const answer = await postChat(app, chatBody('good', { n: 3, stream: true }));
  const events = toEventTexts(await answer.text());
  expect(events.pop()).toBe('[DONE]');
  const choices = events.map((text) => JSON.parse(text).choices[0]);
  for (const index of [0, 1, 2]) {
    const own = choices.filter((choice) => choice.index === index);
    expect(own[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(own.map((choice) => choice.finish_reason)).toEqual([null, null, null, null, reasons[index]]);
    expect(own.every((choice) => choice.logprobs === null)).toBe(true);
  }
});

test('the access log counts the prompt once and all tokens', async () => {
  await client.chat.completions.create(request);
  await expect
    .poll(() => app.logLines().at(-1))
    .toMatchObject({
      promptTokens: 12,
      completionTokens: 12,
      finishReason: 'stop',
    });
});
