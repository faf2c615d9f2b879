// An answer that repeats itself, over the real model: a bias draws one token for ever.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopTokensMin } from '../../src/engine/engine-process/step/loop-watch.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { complete, defaultModel, openStream, user } from './chat-client.ts';

/** A loop ends with the next look at it. */
const loopTokensLatest = loopTokensMin + 32;

let server: ServerProcess;
let loop: object;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '1024', '--slots', '2'] });
  const answer = await fetch(`${server.url}/v1/tokenize`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: defaultModel, prompt: ' sea', add_special_tokens: false }),
  });
  const { tokens } = (await answer.json()) as { readonly tokens: readonly [number] };
  expect(tokens).toHaveLength(1);
  loop = { messages: [user('Hello')], logit_bias: { [tokens[0]]: 100 } };
});

afterAll(() => server.stop());

test('without a length of its own ends with length, plain and streamed', async () => {
  const [{ choices, usage }, ending] = await Promise.all([
    complete(server, loop),
    openStream(server, { ...loop, stream_options: { include_usage: true } }).then(({ ended }) => ended),
  ]);
  expect(choices[0].message.content).toMatch(/^(?: ?sea){512,}$/);
  expect(choices[0].finish_reason).toBe('length');
  expect(usage.completion_tokens).toBeGreaterThanOrEqual(loopTokensMin);
  expect(usage.completion_tokens).toBeLessThanOrEqual(loopTokensLatest);
  expect(ending).toMatchObject({ isDone: true, finishReason: 'length' });
  expect(ending.usage?.completion_tokens).toBe(usage.completion_tokens);
});

test('with max_tokens it has all of them, and where it asks to go on, the context', async () => {
  const [limited, { usage }] = await Promise.all([
    complete(server, { ...loop, max_tokens: 700 }),
    complete(server, { ...loop, repetition_stop: false }),
  ]);
  expect(limited.choices[0].finish_reason).toBe('length');
  expect(limited.usage.completion_tokens).toBe(700);
  expect(usage.prompt_tokens + usage.completion_tokens).toBeGreaterThan(1_000);
});

test('with max_tokens it ends early where it asks for that', async () => {
  const { usage } = await complete(server, { ...loop, max_tokens: 900, repetition_stop: true });
  expect(usage.completion_tokens).toBeLessThanOrEqual(loopTokensLatest);
});
