// Raw prompts of the real model: how they go on, how they are told again, and how they are counted.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import type { EchoedToken, GenerationEvent } from '../backend/generation-event.ts';
import type { GenerationPrompt, GenerationRequest } from '../backend/generation-request.ts';
import { textContent } from '../backend/message-content.ts';
import type { EngineClient } from './engine-client.ts';

let engine: EngineClient;
beforeAll(async () => {
  engine = await startEngine(testModelPath(), { flashAttention: false });
});
afterAll(() => engine.close(1000));

const never = new AbortController().signal;

function toRequest(prompt: GenerationPrompt, changes: Partial<GenerationRequest> = {}): GenerationRequest {
  return createRequest('', { prompt, maxTokens: 5, ...changes });
}

function toText(text: string, isEchoed = false): GenerationPrompt {
  return { kind: 'text', text, suffix: undefined, isEchoed };
}

async function collect(request: GenerationRequest) {
  const events: GenerationEvent[] = [];
  for await (const event of engine.generate(request, never).events) events.push(event);
  const echoes = events.flatMap((event) => (event.type === 'echo' ? [event] : []));
  const deltas = events.flatMap((event) => (event.type === 'text-delta' ? [event] : []));
  const started = events.find((event) => event.type === 'started');
  const finish = events.find((event) => event.type === 'finish');
  if (started?.type !== 'started' || finish?.type !== 'finish') throw new Error('not a whole stream');
  return {
    started,
    finish,
    echo: echoes.map(({ text }) => text).join(''),
    echoed: echoes.flatMap(({ logprobs = [] }): readonly EchoedToken[] => logprobs),
    text: deltas.map(({ text }) => text).join(''),
    logprobs: deltas.flatMap(({ logprobs = [] }) => logprobs),
  };
}

const capital = 'The capital of France is';

describe('a raw prompt', () => {
  test('goes on as a text, and the same as tokens', async () => {
    const { tokens } = await engine.tokenizer.tokenize(
      { kind: 'text', text: capital, addsControlTokens: true, readsControlTokens: true },
      never,
    );
    const text = await collect(toRequest(toText(capital)));
    const ids = await collect(toRequest({ kind: 'tokens', tokens, isEchoed: false }));
    expect(text.text).toMatch(/^ Paris/);
    expect(ids.text).toBe(text.text);
    expect(text.started.promptTokens).toBe(tokens.length);
    expect(text.echo).toBe('');
  });

  test('that is too long or has unknown tokens is refused', async () => {
    await expect(collect(toRequest(toText('word '.repeat(1100))))).rejects.toThrow(
      /maximum context length is 1024 tokens\. However, your prompt resulted in 1\d\d\d tokens/,
    );
    await expect(
      collect(toRequest({ kind: 'tokens', tokens: [99_999], isEchoed: false })),
    ).rejects.toMatchObject({
      code: 'unknown_prompt_token',
    });
    const suffix: GenerationPrompt = { kind: 'text', text: 'a', suffix: 'b', isEchoed: false };
    await expect(collect(toRequest(suffix))).rejects.toMatchObject({ code: 'unsupported_suffix' });
  });

  test('with no tokens to generate is evaluated and ends', async () => {
    const { text, finish } = await collect(toRequest(toText(capital), { maxTokens: 0 }));
    expect(text).toBe('');
    expect(finish).toMatchObject({ reason: 'length', usage: { completionTokens: 0 } });
  });
});

describe('an echo', () => {
  test('is the prompt, of a text and of tokens, before anything generated', async () => {
    const { echo, text } = await collect(toRequest(toText(capital, true)));
    expect(echo + text).toMatch(/^The capital of France is Paris/);
    const ids = await collect(toRequest({ kind: 'tokens', tokens: [1, 19_556], isEchoed: true }));
    expect(ids.echo).toBe('<|im_start|>Hello');
  });

  test('tells the log-probability that the model gives each token when it generates it', async () => {
    const written = await collect(toRequest(toText(capital), { topLogprobs: 3, maxTokens: 8 }));
    const whole = capital + written.text;
    const { echoed, echo, started } = await collect(
      toRequest(toText(whole, true), { topLogprobs: 3, maxTokens: 0 }),
    );
    expect(started.cachedTokens).toBe(0);
    expect(echo).toBe(whole);
    expect(echoed.map(({ text }) => text).join('')).toBe(whole);
    expect(echoed[0]?.logprob).toBeUndefined();
    const told = echoed.slice(-written.logprobs.length);
    for (const [index, { logprob = 1, text, top }] of told.entries()) {
      const own = written.logprobs[index];
      expect(text).toBe(own?.text);
      // Many tokens at once are computed in another order than one, with four-bit weights.
      expect(Math.abs(logprob - (own?.logprob ?? 1))).toBeLessThan(0.25);
      expect(top).toHaveLength(3);
      expect(top[0]?.text).toBe(own?.top[0]?.text);
    }
  });

  test('of a long prompt comes in pieces, and says the same whatever the cache holds', async () => {
    const long = 'The quick brown fox jumps over the lazy dog. '.repeat(15);
    const request = () => toRequest(toText(long, true), { topLogprobs: 0, maxTokens: 0 });
    const first = await collect(request());
    const second = await collect(request());
    expect(first.echoed).toHaveLength(first.started.promptTokens ?? -1);
    expect(first.echoed.map(({ text }) => text).join('')).toBe(long);
    expect(second.echoed).toEqual(first.echoed);
  });
});

describe('tokens', () => {
  test('of a request are as many as its generation says', async () => {
    const chat = toRequest({
      kind: 'chat',
      messages: [{ role: 'user', content: textContent('Hello, world!') }],
    });
    const { started } = await collect(chat);
    expect(await engine.countTokens(chat, never)).toBe(started.promptTokens);
    const { tokens, texts } = await engine.tokenizer.tokenize({ kind: 'request', request: chat }, never);
    expect(tokens).toHaveLength(started.promptTokens ?? -1);
    expect(texts[0]).toBe('<|im_start|>');
  });

  test('give back their text, and control tokens only where they are read', async () => {
    const text = 'Naïve 漢字 🙂 <|im_end|>';
    for (const readsControlTokens of [true, false]) {
      const input = { kind: 'text', text, addsControlTokens: false, readsControlTokens } as const;
      const { tokens } = await engine.tokenizer.tokenize(input, never);
      expect(tokens.includes(2)).toBe(readsControlTokens);
      expect(await engine.tokenizer.detokenize(tokens, never)).toBe(text);
    }
    await expect(engine.tokenizer.detokenize([49_152], never)).rejects.toMatchObject({
      code: 'unknown_prompt_token',
    });
  });
});
