import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { EchoedToken, GenerationEvent, TokenLogprob } from '../../../backend/generation-event.ts';
import type { Completion, CompletionChunk } from './completion.ts';
import { createCompletionChunkFold } from './completion-chunk-fold.ts';
import { toCompletion } from './to-completion.ts';

const envelope = { id: 'cmpl-1', createdAtSeconds: 1, model: 'm', systemFingerprint: 'f' };

function toToken(text: string, logprob: number): TokenLogprob {
  const bytes = [...Buffer.from(text)];
  return { text, bytes, logprob, top: [{ text, bytes, logprob }] };
}

async function* play(events: readonly ChoiceEvent[]): AsyncGenerator<ChoiceEvent> {
  yield* events;
}

function foldChunks(chunks: readonly CompletionChunk[]): Completion {
  const [first] = chunks;
  const usage = chunks.at(-1)?.usage;
  if (first === undefined || !usage) throw new Error('The stream is not whole.');
  const pieces = chunks.flatMap(({ choices }) => choices);
  const indexes = [...new Set(pieces.map(({ index }) => index))].sort((a, b) => a - b);
  const { id, created, model, system_fingerprint } = first;
  return {
    id,
    object: 'text_completion',
    created,
    model,
    system_fingerprint,
    usage,
    choices: indexes.map((index) => {
      const own = pieces.filter((piece) => piece.index === index);
      const [reason, ...more] = own.flatMap(({ finish_reason }) => finish_reason ?? []);
      if (reason === undefined || more.length > 0) throw new Error('A choice has not one end.');
      const told = own.flatMap(({ logprobs }) => logprobs ?? []);
      return {
        index,
        text: own.map(({ text }) => text).join(''),
        logprobs:
          told.length === 0
            ? null
            : {
                tokens: told.flatMap(({ tokens }) => tokens),
                token_logprobs: told.flatMap(({ token_logprobs }) => token_logprobs),
                top_logprobs: told.flatMap(({ top_logprobs }) => top_logprobs ?? []),
                text_offset: told.flatMap(({ text_offset }) => text_offset),
              },
        finish_reason: reason,
      };
    }),
  };
}

const piece = fc.record({
  text: fc.string({ unit: 'grapheme', minLength: 1 }),
  logprob: fc.double({ min: -9, max: 0, noNaN: true }),
});

/** Events of one choice: an echo or none, and a few texts. */
const arbitraryChoice = fc
  .record({ echo: fc.option(piece), texts: fc.array(piece, { maxLength: 4 }), isCut: fc.boolean() })
  .map(({ echo, texts, isCut }): GenerationEvent[] => {
    const unscored: EchoedToken[] = echo ? [{ ...toToken(echo.text, 0), logprob: undefined, top: [] }] : [];
    const usage = { promptTokens: 3, cachedTokens: 1, completionTokens: texts.length, reasoningTokens: 0 };
    return [
      { type: 'started', promptTokens: 3, cachedTokens: 1, queueWaitMs: 0 },
      { type: 'echo', text: echo?.text ?? '', logprobs: unscored },
      ...texts.map(({ text, logprob }): GenerationEvent => {
        return { type: 'text-delta', text, logprobs: [toToken(text, logprob)] };
      }),
      { type: 'finish', reason: isCut ? 'length' : 'stop', usage },
    ];
  });

test('the chunks of a stream fold into the plain answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryChoice, { minLength: 4, maxLength: 4 }), async (choices) => {
      const events = [0, 1, 2, 3, 4, 5].flatMap((at) =>
        choices.flatMap((own, choice): ChoiceEvent[] => (own[at] ? [{ choice, event: own[at] }] : [])),
      );
      // Choices have different lengths: what is left comes behind.
      const rest = choices.flatMap((own, choice) => own.slice(6).map((event) => ({ choice, event })));
      const answer = { promptCount: 2, choiceCount: 2, madeCount: 2, logprobs: true };
      const plain = await toCompletion(play([...events, ...rest]), envelope, answer, 1);
      const options = { ...answer, topCount: 1, includeUsage: true };
      const chunks = [...events, ...rest].flatMap(createCompletionChunkFold(envelope, options).push);
      expect(foldChunks(chunks)).toEqual(plain);
      expect(plain.usage.prompt_tokens).toBe(6);
      for (const { text, logprobs } of plain.choices) {
        expect(logprobs?.tokens.join('')).toBe(text);
        const characters = [...text];
        for (const [at, offset] of (logprobs?.text_offset ?? []).entries()) {
          const token = [...(logprobs?.tokens[at] ?? '')];
          expect(characters.slice(offset, offset + token.length)).toEqual(token);
        }
      }
    }),
  );
});

test('the best of several are those with the highest mean log-probability, and all are counted', async () => {
  const make = (choice: number, ...logprobs: number[]): ChoiceEvent[] => [
    { choice, event: { type: 'started', promptTokens: 3, cachedTokens: 0, queueWaitMs: 0 } },
    ...logprobs.map(
      (logprob): ChoiceEvent => ({
        choice,
        event: { type: 'text-delta', text: String(choice), logprobs: [toToken(String(choice), logprob)] },
      }),
    ),
    {
      choice,
      event: {
        type: 'finish',
        reason: 'stop',
        usage: { promptTokens: 3, cachedTokens: 0, completionTokens: logprobs.length, reasoningTokens: 0 },
      },
    },
  ];
  const events = [...make(0, -3, -3), ...make(1, -1, -1, -1), ...make(2, -2)];
  const answer = { promptCount: 1, choiceCount: 2, madeCount: 3, logprobs: false };
  const { choices, usage } = await toCompletion(play(events), envelope, answer, 0);
  expect(choices.map(({ index, text, logprobs }) => [index, text, logprobs])).toEqual([
    [0, '111', null],
    [1, '2', null],
  ]);
  expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 6, total_tokens: 9 });
});

test('parts of one character begin where it does', async () => {
  const parts = [[0xf0, 0x9f], [0x99, 0x82], [0x61]].map(
    (bytes): TokenLogprob => ({ text: bytes.length === 1 ? 'a' : '\uFFFD', bytes, logprob: -1, top: [] }),
  );
  const usage = { promptTokens: 1, cachedTokens: 0, completionTokens: 3, reasoningTokens: 0 };
  const events: ChoiceEvent[] = [
    { choice: 0, event: { type: 'text-delta', text: '🙂a', logprobs: parts } },
    { choice: 0, event: { type: 'finish', reason: 'stop', usage } },
  ];
  const answer = { promptCount: 1, choiceCount: 1, madeCount: 1, logprobs: true };
  const { choices } = await toCompletion(play(events), envelope, answer, 0);
  expect(choices[0]?.logprobs).toEqual({
    tokens: ['\uFFFD', '\uFFFD', 'a'],
    token_logprobs: [-1, -1, -1],
    top_logprobs: null,
    text_offset: [0, 0, 1],
  });
});

test('a stream that breaks off never looks whole', async () => {
  const answer = { promptCount: 1, choiceCount: 1, madeCount: 1, logprobs: false };
  const events: ChoiceEvent[] = [{ choice: 0, event: { type: 'text-delta', text: 'a' } }];
  await expect(toCompletion(play(events), envelope, answer, 0)).rejects.toThrow('without a finish event');
  const fold = createCompletionChunkFold(envelope, { ...answer, topCount: 0, includeUsage: true });
  const chunks = events.flatMap(fold.push);
  expect(chunks.map(({ choices: [choice], usage }) => [choice?.finish_reason, usage])).toEqual([
    [null, null],
  ]);
});
