import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { FinishEvent, GenerationEvent, StartedEvent } from '../../../backend/generation-event.ts';
import { type ChatCompletion, chatCompletionSchema } from './chat-completion.ts';
import {
  type ChatCompletionChunk,
  type ChatCompletionChunkChoice,
  chatCompletionChunkSchema,
} from './chat-completion-chunk.ts';
import { createChatCompletionChunkFold } from './chat-completion-chunk-fold.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { type AnswerOptions, toChatCompletion } from './to-chat-completion.ts';

const plain: AnswerOptions = { choiceCount: 1, logprobs: false };

const envelope: ChatCompletionEnvelope = {
  id: 'chatcmpl-1',
  createdAtSeconds: 1_752_093_069,
  model: 'llama3.1:8b-instruct-fp16',
  systemFingerprint: 'gravix-0.1.0',
  serviceTier: undefined,
};

/** The events of a request with one choice, or of several in the order in which they came. */
type Events = readonly (GenerationEvent | ChoiceEvent)[];

function toChoiceEvents(events: Events): ChoiceEvent[] {
  return events.map((event) => ('choice' in event ? event : { choice: 0, event }));
}

async function* streamOf(events: Events, failure?: Error): AsyncGenerator<ChoiceEvent> {
  yield* toChoiceEvents(events);
  if (failure !== undefined) throw failure;
}

function chunksOf(
  events: Events,
  includeUsage: boolean,
  answer: AnswerOptions = plain,
): ChatCompletionChunk[] {
  const fold = createChatCompletionChunkFold(envelope, { ...answer, includeUsage });
  return toChoiceEvents(events).flatMap(fold.push);
}

/** What a client does to have a plain answer from a stream with its usage. */
function foldChunks(chunks: readonly ChatCompletionChunk[]): ChatCompletion {
  const [first] = chunks;
  const parts = chunks.flatMap((chunk) => chunk.choices);
  const indexes = [...new Set(parts.map(({ index }) => index))].sort((a, b) => a - b);
  const usages = chunks.flatMap((chunk) => chunk.usage ?? []);
  expect(usages).toHaveLength(1);
  return {
    id: first!.id,
    object: 'chat.completion',
    created: first!.created,
    model: first!.model,
    system_fingerprint: first!.system_fingerprint,
    choices: indexes.map((index) => foldChoice(parts.filter((part) => part.index === index))),
    usage: usages[0]!,
  };
}

function foldChoice(parts: readonly ChatCompletionChunkChoice[]): ChatCompletion['choices'][number] {
  const finishes = parts.flatMap((part) => part.finish_reason ?? []);
  const logprobs = parts.flatMap((part) => part.logprobs ?? []);
  expect(finishes).toHaveLength(1);
  return {
    index: parts[0]!.index,
    message: {
      role: parts[0]!.delta.role!,
      content: parts.map((part) => part.delta.content ?? '').join(''),
      refusal: null,
    },
    logprobs:
      logprobs.length === 0 ? null : { content: logprobs.flatMap(({ content }) => content), refusal: null },
    finish_reason: finishes[0]!,
  };
}

const started: StartedEvent = { type: 'started', promptTokens: 11, cachedTokens: 3, queueWaitMs: 5 };
const finish: FinishEvent = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: 11, completionTokens: 10, cachedTokens: 3, reasoningTokens: 2 },
};

const count = fc.nat({ max: 100_000 });
const rankedToken = {
  text: fc.string({ unit: 'grapheme' }),
  bytes: fc.option(fc.array(fc.nat(255)), { nil: undefined }),
  logprob: fc.oneof(fc.double({ max: 0, min: -100, noNaN: true }), fc.constant(Number.NEGATIVE_INFINITY)),
};
const tokenLogprob = fc.record({
  ...rankedToken,
  top: fc.array(fc.record(rankedToken), { maxLength: 3 }),
});
const generation = fc
  .record({
    deltas: fc.array(
      fc.record({
        text: fc.string({ minLength: 1, unit: 'grapheme' }),
        logprobs: fc.array(tokenLogprob, { maxLength: 3 }),
      }),
      { maxLength: 6 },
    ),
    reason: fc.constantFrom('stop' as const, 'length' as const),
    usage: fc.record({
      promptTokens: count,
      completionTokens: count,
      cachedTokens: count,
      reasoningTokens: count,
    }),
  })
  .map(({ deltas, reason, usage }): GenerationEvent[] => {
    const { promptTokens, cachedTokens } = usage;
    return [
      { type: 'started', promptTokens, cachedTokens, queueWaitMs: 0 },
      ...deltas.map((delta): GenerationEvent => ({ type: 'text-delta', ...delta })),
      { type: 'finish', reason, usage },
    ];
  });

/** Each choice's events in their order, and all of them in any. */
const completion = fc
  .record({
    generations: fc.array(generation, { minLength: 1, maxLength: 4 }),
    order: fc.array(fc.nat({ max: 3 }), { maxLength: 40 }),
    logprobs: fc.boolean(),
  })
  .map(({ generations, order, logprobs }) => {
    const queues = generations.map((events) => events.map((event) => withoutLogprobs(event, logprobs)));
    const inTurn = queues.flatMap((queue, choice) => queue.map(() => choice));
    const events = [...order, ...inTurn].flatMap((choice): ChoiceEvent[] => {
      const event = queues[choice]?.shift();
      return event === undefined ? [] : [{ choice, event }];
    });
    return { events, answer: { choiceCount: generations.length, logprobs } };
  });

function withoutLogprobs(event: GenerationEvent, isWanted: boolean): GenerationEvent {
  return event.type === 'text-delta' && !isWanted ? { type: event.type, text: event.text } : event;
}

test('the chunks of a stream fold into exactly the plain answer', async () => {
  await fc.assert(
    fc.asyncProperty(completion, async ({ events, answer }) => {
      const chunks = await chunksOf(events, true, answer);
      const folded = await toChatCompletion(streamOf(events), envelope, answer);
      expect(foldChunks(chunks)).toEqual(folded);
      expect(folded.choices).toHaveLength(answer.choiceCount);
      expect(chatCompletionSchema.strict().parse(folded)).toEqual(folded);
      for (const chunk of chunks) expect(chatCompletionChunkSchema.strict().parse(chunk)).toEqual(chunk);
    }),
  );
});

test('the prompt of several choices counts once, and all of their tokens', async () => {
  const events = [0, 1, 2].flatMap((choice) => [
    { choice, event: { ...started, cachedTokens: choice * 4 } },
    { choice, event: { ...finish, usage: { ...finish.usage, cachedTokens: choice * 4 } } },
  ]);
  const { usage } = await toChatCompletion(streamOf(events.toReversed()), envelope, {
    ...plain,
    choiceCount: 3,
  });
  expect(usage).toEqual({
    prompt_tokens: 11,
    completion_tokens: 30,
    total_tokens: 41,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 6,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
});

test('the plain answer, field by field', async () => {
  const events: GenerationEvent[] = [
    started,
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo' },
    finish,
  ];
  expect(await toChatCompletion(streamOf(events), envelope, plain)).toEqual({
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
      completion_tokens_details: {
        reasoning_tokens: 2,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  });
});

test('log-probabilities, field by field', async () => {
  const events: GenerationEvent[] = [
    started,
    {
      type: 'text-delta',
      text: 'é',
      logprobs: [
        { text: '\uFFFD', bytes: [0xc3], logprob: -0.5, top: [] },
        {
          text: '\uFFFD',
          bytes: [0xa9],
          logprob: Number.NEGATIVE_INFINITY,
          top: [{ text: '<|im_end|>', bytes: undefined, logprob: 0 }],
        },
      ],
    },
    finish,
  ];
  const { choices } = await toChatCompletion(streamOf(events), envelope, { ...plain, logprobs: true });
  expect(choices[0]?.logprobs).toEqual({
    content: [
      { token: '\uFFFD', logprob: -0.5, bytes: [0xc3], top_logprobs: [] },
      {
        token: '\uFFFD',
        logprob: -9999,
        bytes: [0xa9],
        top_logprobs: [{ token: '<|im_end|>', logprob: 0, bytes: null }],
      },
    ],
    refusal: null,
  });
  const streamed = await chunksOf(events, false, { ...plain, logprobs: true });
  expect(streamed.map((chunk) => chunk.choices[0]?.logprobs)).toEqual([
    { content: [], refusal: null },
    choices[0]?.logprobs,
    null,
  ]);
});

test('the tier is told where one was asked for', async () => {
  const served: ChatCompletionEnvelope = { ...envelope, serviceTier: 'default' };
  expect(await toChatCompletion(streamOf([started, finish]), served, plain)).toMatchObject({
    service_tier: 'default',
  });
  const fold = createChatCompletionChunkFold(served, { ...plain, includeUsage: true });
  const chunks = toChoiceEvents([started, finish]).flatMap(fold.push);
  expect(chunks.map((chunk) => chunk.service_tier)).toEqual(['default', 'default', 'default']);
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
    const { usage } = await toChatCompletion(streamOf(events), envelope, plain);
    expect(await chunksOf(events, true)).toStrictEqual([
      ...withoutUsage.map((chunk) => ({ ...chunk, usage: null })),
      { ...common, choices: [], usage },
    ]);
  });

  test('gives the first chunk as soon as the prompt was accepted', () => {
    expect(chunksOf([started], false)).toStrictEqual([withoutUsage[0]]);
  });
});

/** A client may take it for the end of a choice, or of all. */
function looksEnded({ choices: [choice], usage }: ChatCompletionChunk): boolean {
  return (choice?.finish_reason ?? null) !== null || (usage ?? null) !== null;
}

describe('a broken generation', () => {
  test.each([[[]], [[started]], [[started, { type: 'text-delta' as const, text: 'a' }]]])(
    'that ends without finish never looks whole: %j',
    async (events) => {
      expect(chunksOf(events, true).filter(looksEnded)).toEqual([]);
      await expect(toChatCompletion(streamOf(events), envelope, plain)).rejects.toThrow(
        'without a finish event',
      );
    },
  );

  test('of which one choice is missing never looks whole', async () => {
    const events = [started, finish, { choice: 2, event: started }, { choice: 2, event: finish }];
    const two = { ...plain, choiceCount: 3 };
    const chunks = chunksOf(events, true, two);
    expect(chunks.flatMap(({ usage }) => usage ?? [])).toEqual([]);
    expect(chunks.filter(looksEnded).map(({ choices }) => choices[0]?.index)).toEqual([0, 2]);
    await expect(toChatCompletion(streamOf(events), envelope, two)).rejects.toThrow('without a finish');
  });

  test('throws its own error through', async () => {
    const failure = new Error('The engine crashed.');
    await expect(toChatCompletion(streamOf([started], failure), envelope, plain)).rejects.toBe(failure);
  });
});
