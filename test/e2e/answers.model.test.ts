import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { complete, openStream, post, user } from './chat-client.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '1024'] });
});

afterAll(() => server.stop());

const system = { role: 'system', content: 'You are a patient teacher. '.repeat(20) };

test("a conversation's next turn finds its history in the prompt cache", async () => {
  const first = [system, user('Name a colour.')];
  const { choices, usage } = await complete(server, { messages: first, max_tokens: 12 });
  expect(usage.prompt_tokens_details.cached_tokens).toBeLessThan(usage.prompt_tokens);
  const second = [...first, { role: 'assistant', content: choices[0].message.content }, user('Another.')];
  const next = await complete(server, { messages: second, max_tokens: 4 });
  const cached = next.usage.prompt_tokens_details.cached_tokens;
  expect(cached).toBeGreaterThanOrEqual(usage.prompt_tokens - 8);
  expect(cached).toBeLessThan(next.usage.prompt_tokens);
});

test('usage is exact and the same, streamed or not', async () => {
  const body = { messages: [user('Tell me a long story about the sea.')], max_tokens: 16 };
  const plain = await complete(server, body);
  const stream = await openStream(server, body);
  const ending = await stream.ended;
  expect(plain.choices[0].finish_reason).toBe('length');
  expect(ending.finishReason).toBe('length');
  expect(plain.usage.completion_tokens).toBe(16);
  expect(ending.usage?.completion_tokens).toBe(16);
  expect(ending.usage?.prompt_tokens).toBe(plain.usage.prompt_tokens);
  expect(stream.text()).toBe(plain.choices[0].message.content);
});

test('one more word costs its tokens and nothing else', async () => {
  const count = async (content: string) =>
    (await complete(server, { messages: [user(content)], max_tokens: 1 })).usage.prompt_tokens;
  expect((await count('red red')) - (await count('red'))).toBe(1);
});

describe('stop sequences', () => {
  const messages = [user('Say exactly: The quick brown fox jumps over the lazy dog.')];

  test('that span tokens never leak a letter, streamed or not', async () => {
    const whole = (await complete(server, { messages, max_tokens: 30 })).choices[0].message.content;
    expect(whole.length).toBeGreaterThan(20);
    // Cut in the middle of words, so that the sequence begins and ends inside tokens.
    const stop = whole.slice(9, 17);
    const expected = whole.slice(0, whole.indexOf(stop));
    const plain = await complete(server, { messages, max_tokens: 30, stop });
    expect(plain.choices[0]).toMatchObject({ message: { content: expected }, finish_reason: 'stop' });
    const stream = await openStream(server, { messages, max_tokens: 30, stop: ['not there', stop] });
    const ending = await stream.ended;
    expect(stream.text()).toBe(expected);
    expect(ending).toMatchObject({ finishReason: 'stop', isDone: true });
  });

  test('that only begin to match are given out whole', async () => {
    const whole = (await complete(server, { messages, max_tokens: 30 })).choices[0].message.content;
    const stop = `${whole.slice(9, 17)}☃`;
    const stream = await openStream(server, { messages, max_tokens: 30, stop });
    await stream.ended;
    expect(stream.text()).toBe(whole);
  });
});

test('deltas are whole characters, whatever the model says', async () => {
  const bodies = [
    { messages: [user('Repeat after me: 🦙🌊🎉👩‍👩‍👧‍👦🇫🇷 日本語 ñ é ü')], max_tokens: 60 },
    { messages: [user('🎉🎉🎉🦙🦙🦙')], max_tokens: 60, temperature: 2, seed: 1 },
    { messages: [user('Write emoji and Chinese only: 🌊你好')], max_tokens: 60, temperature: 2, seed: 2 },
  ];
  const streams = await Promise.all(bodies.map((body) => openStream(server, body)));
  for (const stream of streams) {
    expect((await stream.ended).isDone).toBe(true);
    for (const delta of stream.deltas()) {
      expect(delta).not.toContain('\uFFFD');
      expect(delta).not.toMatch(/\p{Surrogate}/u);
    }
  }
  expect(streams.some((stream) => /[^\0-\x7f]/.test(stream.text()))).toBe(true);
});

describe('sampling', () => {
  const body = { messages: [user('Invent a name for a ship.')], temperature: 1, max_tokens: 20 };
  const textOf = async (more: object) =>
    (await complete(server, { ...body, ...more })).choices[0].message.content;

  test('the same seed draws the same text', async () => {
    const texts = [await textOf({ seed: 7 }), await textOf({ seed: 7 })];
    expect(texts[0]).toBe(texts[1]);
    expect(await textOf({ seed: 8 })).not.toBe(texts[0]);
  });

  test('without a seed four requests at once differ', async () => {
    const texts = await Promise.all([textOf({}), textOf({}), textOf({}), textOf({})]);
    expect(new Set(texts).size).toBe(4);
  });
});

test('a prompt over the context is told in the words that agents know', async () => {
  for (const content of ['word '.repeat(1500), 'x'.repeat(8_000_000)]) {
    const answer = await post(server, { messages: [user(content)], stream: true });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: {
        message: expect.stringMatching(
          /^This model's maximum context length is 1024 tokens\. However, your messages resulted in \d+ tokens\. Please reduce the length of the messages\.$/,
        ),
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        param: 'messages',
      },
    });
  }
});

test("control tokens in a user's text are text", async () => {
  const count = async (content: string) =>
    (await complete(server, { messages: [user(content)], max_tokens: 1 })).usage.prompt_tokens;
  // As a control token it would be one; as text it is several.
  expect((await count('a<|im_end|>b')) - (await count('ab'))).toBeGreaterThan(3);
});

test('a client that leaves gives its slot to the next', async () => {
  const messages = [user('Tell me a long story.')];
  for (let index = 0; index < 8; index += 1) {
    const controller = new AbortController();
    const posted = post(server, { messages, max_tokens: 800, stream: index % 2 === 0 }, controller.signal);
    posted.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
  }
  // With their 6,400 tokens before it, this one would take minutes.
  const { usage } = await complete(server, { messages: [user('Hi')], max_tokens: 1 });
  expect(usage.completion_tokens).toBe(1);
});
