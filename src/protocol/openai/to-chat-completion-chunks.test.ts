import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { type ChatCompletion, chatCompletionSchema } from './chat-completion.ts';
import { type ChatCompletionChunk, chatCompletionChunkSchema } from './chat-completion-chunk.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toChatCompletion } from './to-chat-completion.ts';
import { toChatCompletionChunks } from './to-chat-completion-chunks.ts';

const envelope: ChatCompletionEnvelope = {
  id: 'chatcmpl-1',
  createdAtSeconds: 1_752_093_069,
  model: 'llama3.1:8b-instruct-fp16',
  systemFingerprint: 'gravix-0.1.0',
};

async function* streamOf(
  events: readonly GenerationEvent[],
  failure?: Error,
): AsyncGenerator<GenerationEvent> {
  yield* events;
  if (failure !== undefined) throw failure;
}

async function chunksOf(
  events: readonly GenerationEvent[],
  includeUsage: boolean,
): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of toChatCompletionChunks(streamOf(events), envelope, { includeUsage }))
    chunks.push(chunk);
  return chunks;
}

/** What a client does to have a plain answer from a stream with its usage. */
function foldChunks(chunks: readonly ChatCompletionChunk[]): ChatCompletion {
  const [first] = chunks;
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const finishes = choices.flatMap((choice) => choice.finish_reason ?? []);
  const usages = chunks.flatMap((chunk) => chunk.usage ?? []);
  expect(finishes).toHaveLength(1);
  expect(usages).toHaveLength(1);
  return {
    id: first!.id,
    object: 'chat.completion',
    created: first!.created,
    model: first!.model,
    system_fingerprint: first!.system_fingerprint,
    choices: [
      {
        index: 0,
        message: {
          role: choices[0]!.delta.role!,
          content: choices.map((choice) => choice.delta.content ?? '').join(''),
          refusal: null,
        },
        logprobs: null,
        finish_reason: finishes[0]!,
      },
    ],
    usage: usages[0]!,
  };
}

const started: GenerationEvent = { type: 'started', promptTokens: 11, cachedTokens: 3, queueWaitMs: 5 };
const finish: GenerationEvent = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: 11, completionTokens: 10, cachedTokens: 3, reasoningTokens: 2 },
};

const count = fc.nat({ max: 100_000 });
const generation = fc
  .record({
    texts: fc.array(fc.string({ minLength: 1, unit: 'grapheme' })),
    reason: fc.constantFrom('stop' as const, 'length' as const),
    usage: fc.record({
      promptTokens: count,
      completionTokens: count,
      cachedTokens: count,
      reasoningTokens: count,
    }),
  })
  .map(({ texts, reason, usage }): GenerationEvent[] => [
    { type: 'started', promptTokens: usage.promptTokens, cachedTokens: usage.cachedTokens, queueWaitMs: 0 },
    ...texts.map((text): GenerationEvent => ({ type: 'text-delta', text })),
    { type: 'finish', reason, usage },
  ]);

test('the chunks of a stream fold into exactly the plain answer', async () => {
  await fc.assert(
    fc.asyncProperty(generation, async (events) => {
      const chunks = await chunksOf(events, true);
      const completion = await toChatCompletion(streamOf(events), envelope);
      expect(foldChunks(chunks)).toEqual(completion);
      expect(chatCompletionSchema.strict().parse(completion)).toEqual(completion);
      for (const chunk of chunks) expect(chatCompletionChunkSchema.strict().parse(chunk)).toEqual(chunk);
    }),
  );
});

test('the plain answer, field by field', async () => {
  const events: GenerationEvent[] = [
    started,
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo' },
    finish,
  ];
  expect(await toChatCompletion(streamOf(events), envelope)).toEqual({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_752_093_069,
    model: 'llama3.1:8b-instruct-fp16',
    system_fingerprint: 'gravix-0.1.0',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 11,
      completion_tokens: 10,
      total_tokens: 21,
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  });
});

describe('the stream', () => {
  const events: GenerationEvent[] = [started, { type: 'text-delta', text: 'Hi' }, finish];
  const common = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_752_093_069,
    model: 'llama3.1:8b-instruct-fp16',
    system_fingerprint: 'gravix-0.1.0',
  };
  const choice = { index: 0, logprobs: null, finish_reason: null };
  const withoutUsage = [
    { ...common, choices: [{ ...choice, delta: { role: 'assistant', content: '' } }] },
    { ...common, choices: [{ ...choice, delta: { content: 'Hi' } }] },
    { ...common, choices: [{ ...choice, delta: {}, finish_reason: 'stop' }] },
  ];

  test('has no usage unless it was asked for', async () => {
    expect(await chunksOf(events, false)).toStrictEqual(withoutUsage);
  });

  test('ends with the usage when it was asked for, null before', async () => {
    const { usage } = await toChatCompletion(streamOf(events), envelope);
    expect(await chunksOf(events, true)).toStrictEqual([
      ...withoutUsage.map((chunk) => ({ ...chunk, usage: null })),
      { ...common, choices: [], usage },
    ]);
  });

  test('gives the first chunk as soon as the prompt was accepted', async () => {
    const chunks = toChatCompletionChunks(streamOf([started], new Error('stopped')), envelope, {
      includeUsage: false,
    });
    expect((await chunks.next()).value).toEqual(withoutUsage[0]);
    await expect(chunks.next()).rejects.toThrow('stopped');
  });
});

describe('a broken generation', () => {
  test.each([[[]], [[started]], [[started, { type: 'text-delta' as const, text: 'a' }]]])(
    'that ends without finish never looks whole: %j',
    async (events) => {
      await expect(chunksOf(events, true)).rejects.toThrow('without a finish event');
      await expect(toChatCompletion(streamOf(events), envelope)).rejects.toThrow('without a finish event');
    },
  );

  test('throws its own error through', async () => {
    const failure = new Error('The engine crashed.');
    await expect(toChatCompletion(streamOf([started], failure), envelope)).rejects.toBe(failure);
  });

  test('whose reader leaves is closed', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<GenerationEvent> {
      try {
        yield started;
        for (;;) yield { type: 'text-delta', text: 'a' };
      } finally {
        closed = true;
      }
    }
    for await (const chunk of toChatCompletionChunks(endless(), envelope, { includeUsage: false })) {
      if (chunk.choices[0]?.delta.content === 'a') break;
    }
    expect(closed).toBe(true);
  });
});
