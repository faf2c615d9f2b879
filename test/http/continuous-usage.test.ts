// What load generators send: the usage in every chunk, and answers that do not end by themselves.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerationEvent } from '../../src/backend/generation-event.ts';
import { finish, started } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

let app: TestApp;

const say = (text: string, completionTokens: number): GenerationEvent => ({
  type: 'text-delta',
  text,
  soFar: { completionTokens, reasoningTokens: 0 },
});

beforeAll(async () => {
  app = await startTestApp({ models: { good: () => [started, say('Hel', 1), say('lo', 3), finish(4)] } });
});

afterAll(() => app.close());

// biome-ignore lint/suspicious/noExplicitAny: what is in a chunk is for the test to say.
async function stream(path: string, fields: object): Promise<Record<string, any>[]> {
  const answer = await fetch(`${app.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'good', stream: true, ...fields }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-ignored-params')).toBeNull();
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: {'));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
}

const messages = [{ role: 'user', content: 'Hi' }];
const options = { stream_options: { include_usage: true, continuous_usage_stats: true } };

test.each<[string, object]>([
  ['chat/completions', { messages }],
  ['completions', { prompt: 'Hi' }],
])('every chunk of %s has the usage so far', async (path, fields) => {
  const chunks = await stream(path, { ...fields, ...options });
  const counts = chunks.map(({ usage }) => usage.completion_tokens);
  expect(counts).toEqual(path === 'completions' ? [1, 3, 4, 4] : [0, 1, 3, 4, 4]);
  expect(chunks.every(({ usage }) => usage.prompt_tokens === 12)).toBe(true);
  expect(chunks.at(-1)?.['choices']).toEqual([]);
  expect(app.backend('good').requests.at(-1)?.reportsUsage).toBe(true);
  const alone = await stream(path, { ...fields, stream_options: { continuous_usage_stats: true } });
  expect(alone.map(({ choices }) => choices.length)).not.toContain(0);
  expect(alone.every(({ usage }) => usage.total_tokens >= 12)).toBe(true);
  const usual = await stream(path, { ...fields, stream_options: { include_usage: true } });
  expect(usual.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
});

test('the usage of several choices is that of all so far', async () => {
  const chunks = await stream('chat/completions', { messages, n: 2, ...options });
  const counts: number[] = chunks.map(({ usage }) => usage.completion_tokens);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(counts.at(-1)).toBe(8);
});

test('every delta of a response has it, and include_usage is no stranger there', async () => {
  const events = await stream('responses', { input: 'Hi', ...options });
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
  expect(deltas.map(({ usage }) => usage.output_tokens)).toEqual([1, 3]);
  const usual = await stream('responses', { input: 'Hi', stream_options: { include_usage: true } });
  expect(usual.some((event) => 'usage' in event)).toBe(false);
});

test.each<[string, object, string]>([
  ['chat/completions', { messages }, 'max_completion_tokens'],
  ['completions', { prompt: 'Hi' }, 'max_completion_tokens'],
  ['responses', { input: 'Hi' }, 'max_output_tokens'],
])('%s takes what says when an answer ends', async (path, fields, most) => {
  await stream(path, { ...fields, ignore_eos: true, stop_token_ids: [7], min_tokens: 2, [most]: 20 });
  expect(app.backend('good').requests.at(-1)).toMatchObject({
    maxTokens: 20,
    ending: { isEndBarred: true, stopTokens: [7], minTokens: 2 },
  });
  await stream(path, { ...fields, stop: ['a'] });
  expect(app.backend('good').requests.at(-1)?.stop).toEqual(['a']);
});

test('a stream of texts is padded where that is wanted', async () => {
  const chunks = await stream('completions', { prompt: 'Hi', stream_options: { include_obfuscation: true } });
  expect(chunks.every(({ obfuscation }) => typeof obfuscation === 'string')).toBe(true);
});
