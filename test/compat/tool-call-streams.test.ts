import fc from 'fast-check';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../src/backend/generation-event.ts';
import { type ChatCompletion, chatCompletionSchema } from '../../src/protocol/openai/chat/chat-completion.ts';
import {
  type ChatCompletionChunk,
  chatCompletionChunkSchema,
} from '../../src/protocol/openai/chat/chat-completion-chunk.ts';
import { createChatCompletionChunkFold } from '../../src/protocol/openai/chat/chat-completion-chunk-fold.ts';
import {
  toFunctionCallChunk,
  toFunctionCallCompletion,
} from '../../src/protocol/openai/chat/function-call-form.ts';
import { joinCallStarts } from '../../src/protocol/openai/chat/join-call-starts.ts';
import { toChatCompletion } from '../../src/protocol/openai/chat/to-chat-completion.ts';
import { finish, started, textDelta, toolCallDelta, toolCallStart } from '../scripted-backend.ts';

const envelope = {
  id: 'chatcmpl-1',
  createdAtSeconds: 1,
  model: 'm',
  systemFingerprint: 'f',
  serviceTier: undefined,
};

async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

interface Answers {
  readonly plain: ChatCompletion;
  readonly chunks: readonly ChatCompletionChunk[];
}

/** One generation's events as both kinds of answer. */
async function answersOf(events: readonly GenerationEvent[], isDeprecatedForm = false): Promise<Answers> {
  const ofChoice = events.map((event) => ({ choice: 0, event }));
  const form = { choiceCount: 1, logprobs: false };
  const plain = await toChatCompletion(streamOf(ofChoice), envelope, form);
  const fold = joinCallStarts(createChatCompletionChunkFold(envelope, { ...form, includeUsage: true }));
  const chunks = ofChoice.flatMap(fold.push);
  return isDeprecatedForm
    ? { plain: toFunctionCallCompletion(plain), chunks: chunks.map(toFunctionCallChunk) }
    : { plain, chunks };
}

/** OpenAI's own way to put a stream together, without the member that it adds for what it would parse. */
async function foldWithSdk(chunks: readonly ChatCompletionChunk[]): Promise<unknown> {
  const lines = chunks.map((chunk) => `${JSON.stringify(chunk)}\n`).join('');
  const stream = ChatCompletionStream.fromReadableStream(new Blob([lines]).stream());
  const text = JSON.stringify(await stream.finalChatCompletion(), (name, value) =>
    name === 'parsed' ? undefined : value,
  );
  return JSON.parse(text);
}

const piece = fc.string({ minLength: 1, unit: 'grapheme' });
const call = fc.record({ name: fc.stringMatching(/^[a-zA-Z0-9_.-]{1,64}$/), pieces: fc.array(piece) });
const generation = fc
  .record({
    // An answer without text has none at all: whether it is null or empty no stream can tell the SDK.
    texts: fc.array(piece, { minLength: 1 }),
    calls: fc.array(call, { maxLength: 4 }),
    isCallsAlone: fc.boolean(),
    isCut: fc.boolean(),
  })
  .map(({ texts, calls, isCallsAlone, isCut }): GenerationEvent[] => [
    started,
    ...(isCallsAlone && calls.length > 0 ? [] : texts.map(textDelta)),
    ...calls.flatMap(({ name, pieces }, index) => [
      toolCallStart(index, name, `call_${index}_${name}`),
      ...pieces.map((text) => toolCallDelta(index, text)),
    ]),
    finish(9, isCut ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop'),
  ]);

/** Only one call is made where functions were sent. */
function keepFirstCall(events: readonly GenerationEvent[]): GenerationEvent[] {
  return events.filter((event) => !('callIndex' in event) || event.callIndex === 0);
}

test.each([false, true])(
  "OpenAI's client folds the chunks into the plain answer (deprecated: %s)",
  async (isDeprecated) => {
    await fc.assert(
      fc.asyncProperty(generation, async (all) => {
        const events = isDeprecated ? keepFirstCall(all) : all;
        const { plain, chunks } = await answersOf(events, isDeprecated);
        expect(await foldWithSdk(chunks)).toEqual(plain);
        expect(chatCompletionSchema.strict().parse(plain)).toEqual(plain);
        for (const chunk of chunks) expect(chatCompletionChunkSchema.strict().parse(chunk)).toEqual(chunk);
      }),
    );
  },
);

test('no piece of arguments is empty where the call has any', async () => {
  await fc.assert(
    fc.asyncProperty(generation, async (events) => {
      const { plain, chunks } = await answersOf(events);
      const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
      const bare = (plain.choices[0]?.message.tool_calls ?? []).filter(
        (made) => made.function.arguments === '',
      );
      expect(pieces.filter(({ function: { arguments: text } }) => text === '')).toHaveLength(bare.length);
    }),
  );
});

const twoCalls: GenerationEvent[] = [
  started,
  toolCallStart(0, 'a', 'call_x'),
  toolCallDelta(0, '{"x"'),
  toolCallDelta(0, ':1}'),
  toolCallStart(1, 'b', 'call_y'),
  toolCallDelta(1, '{}'),
  finish(5, 'tool-calls'),
];

function callOf(id: string, name: string, text: string) {
  return { id, type: 'function', function: { name, arguments: text } };
}

test('two calls, plain and piece by piece', async () => {
  const { plain, chunks } = await answersOf(twoCalls);
  expect(plain.choices).toEqual([
    {
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [callOf('call_x', 'a', '{"x":1}'), callOf('call_y', 'b', '{}')],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    },
  ]);
  expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))).toEqual([
    { role: 'assistant', content: '' },
    { tool_calls: [{ index: 0, ...callOf('call_x', 'a', '{"x"') }] },
    { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
    { tool_calls: [{ index: 1, ...callOf('call_y', 'b', '{}') }] },
    {},
  ]);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('tool_calls');
});

test('a deprecated call, plain and piece by piece', async () => {
  const { plain, chunks } = await answersOf(keepFirstCall(twoCalls), true);
  expect(plain.choices[0]).toMatchObject({ finish_reason: 'function_call' });
  expect(plain.choices[0]?.message).toEqual({
    role: 'assistant',
    content: null,
    refusal: null,
    function_call: { name: 'a', arguments: '{"x":1}' },
  });
  expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))).toEqual([
    { role: 'assistant', content: '' },
    { function_call: { name: 'a', arguments: '{"x"' } },
    { function_call: { arguments: ':1}' } },
    {},
  ]);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('function_call');
});

test('a call that was only begun is told when nothing follows', async () => {
  const { chunks } = await answersOf([
    started,
    toolCallStart(0, 'a'),
    toolCallStart(1, 'b'),
    finish(2, 'length'),
  ]);
  expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toMatchObject([
    { index: 0, function: { name: 'a', arguments: '' } },
    { index: 1, function: { name: 'b', arguments: '' } },
  ]);
});
