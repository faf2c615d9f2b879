// What we read from another Gravix is what it made: events, written as our own answer and read again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ArbitraryAnswer,
  arbitraryChatAnswer,
  arbitraryCompletion,
  arbitraryStops,
} from '../../../../test/arbitrary-answer.ts';
import { askedTools, createRequest } from '../../../../test/create-request.ts';
import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import { type GenerationEvent, noUsage, type TokenUsage } from '../../../backend/generation-event.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import { createChatCompletionChunkFold } from '../chat/chat-completion-chunk-fold.ts';
import { joinCallStarts } from '../chat/join-call-starts.ts';
import { createChatCompletionFold } from '../chat/to-chat-completion.ts';
import { createCompletionChunkFold } from '../completions/completion-chunk-fold.ts';
import { toCompletion } from '../completions/to-completion.ts';
import { sumUsage } from '../shared/sum-usage.ts';
import { dialects } from './dialects.ts';
import { createUpstreamAnswerReader } from './upstream-answer-reader.ts';

const envelope = { id: 'a', createdAtSeconds: 1, model: 'm', systemFingerprint: 'f', serviceTier: undefined };

function readAnswer(
  values: readonly unknown[],
  request: Partial<GenerationRequest>,
  { choiceCount }: ArbitraryAnswer,
  isStreamed: boolean,
): readonly ChoiceEvent[] {
  const reader = createUpstreamAnswerReader({
    request: createRequest('Hello', { toolUse: askedTools, stop: arbitraryStops, ...request }),
    form: { choiceCount, isStreamed, dialect: dialects.gravix },
  });
  const sent = values.map((value): unknown => JSON.parse(JSON.stringify(value)));
  const events = sent.flatMap((value) => reader.read(value));
  expect(reader.isWhole()).toBe(true);
  return [...events, ...reader.end()];
}

/** Each choice on its own. The usage of all is in the first one, because no stream says it of each. */
function toExpected({ events, choiceCount }: ArbitraryAnswer, sum = sumUsage): GenerationEvent[][] {
  const usages = events.flatMap(({ choice, event }) => (event.type === 'finish' ? { choice, event } : []));
  usages.sort((a, b) => a.choice - b.choice);
  const total = withoutIdleDrafts(sum(usages.map(({ event }) => event.usage)));
  return split(events, choiceCount).map((own, choice) =>
    own.map((event) =>
      event.type === 'finish' ? { ...event, usage: choice === 0 ? total : noUsage } : event,
    ),
  );
}

function split(events: readonly ChoiceEvent[], choiceCount: number): GenerationEvent[][] {
  return Array.from({ length: choiceCount }, (_, choice) =>
    events.flatMap((one) => (one.choice === choice ? [one.event] : [])),
  );
}

function withoutIdleDrafts({ drafts, ...usage }: TokenUsage): TokenUsage {
  const hasDrafts = (drafts?.acceptedTokens ?? 0) + (drafts?.rejectedTokens ?? 0) > 0;
  return hasDrafts && drafts !== undefined ? { ...usage, drafts } : usage;
}

/** A whole answer has the pieces of each kind in one, and its usage from the start. */
function toWhole(events: readonly GenerationEvent[], { promptTokens, cachedTokens }: TokenUsage) {
  const whole: GenerationEvent[] = [];
  for (const event of events) {
    const last = whole.at(-1);
    if (event.type === 'started') whole.push({ type: 'started', promptTokens, cachedTokens });
    else if (event.type === 'text-delta' && last?.type === 'text-delta') {
      const logprobs = [...(last.logprobs ?? []), ...(event.logprobs ?? [])];
      whole[whole.length - 1] = {
        ...last,
        text: last.text + event.text,
        ...(last.logprobs === undefined ? {} : { logprobs }),
      };
    } else if (event.type === 'reasoning-delta' && last?.type === 'reasoning-delta') {
      whole[whole.length - 1] = { ...last, text: last.text + event.text };
    } else if (event.type === 'tool-call-delta' && last?.type === 'tool-call-delta') {
      const argumentsText = last.argumentsText + event.argumentsText;
      whole[whole.length - 1] = { ...last, argumentsText };
    } else whole.push(event);
  }
  return whole;
}

function usageOf([first = []]: readonly (readonly GenerationEvent[])[]): TokenUsage {
  const last = first.at(-1);
  return last?.type === 'finish' ? last.usage : noUsage;
}

describe('the events of another Gravix are the ones that it made', () => {
  test('in a stream of a conversation', () => {
    fc.assert(
      fc.property(arbitraryChatAnswer, fc.boolean(), (answer, isJoined) => {
        const { choiceCount, topLogprobs, events } = answer;
        const options = { choiceCount, logprobs: topLogprobs !== undefined, includeUsage: true };
        const plain = createChatCompletionChunkFold(envelope, options);
        const fold = isJoined ? joinCallStarts(plain) : plain;
        const read = readAnswer(events.flatMap(fold.push), { topLogprobs }, answer, true);
        expect(split(read, choiceCount)).toStrictEqual(toExpected(answer));
      }),
      { numRuns: 500 },
    );
  });

  test('in a stream that reports the usage so far', () => {
    fc.assert(
      fc.property(arbitraryChatAnswer, (answer) => {
        const { choiceCount, events } = answer;
        const told = reportUsage({ ...answer, topLogprobs: undefined, events: events.map(withoutLogprobs) });
        const options = { choiceCount, logprobs: false, includeUsage: true, reportsUsage: true };
        const fold = createChatCompletionChunkFold(envelope, options);
        const read = readAnswer(told.events.flatMap(fold.push), { reportsUsage: true }, told, true);
        expect(split(read, choiceCount)).toStrictEqual(toExpected(told));
      }),
      { numRuns: 300 },
    );
  });

  test('in a whole answer to a conversation', () => {
    fc.assert(
      fc.property(arbitraryChatAnswer, (answer) => {
        const { choiceCount, topLogprobs, events } = answer;
        const fold = createChatCompletionFold(envelope, {
          choiceCount,
          logprobs: topLogprobs !== undefined,
        });
        for (const event of events) fold.add(event);
        const read = readAnswer([fold.finish()], { topLogprobs }, answer, false);
        const expected = toExpected(answer);
        const usage = usageOf(expected);
        expect(split(read, choiceCount)).toStrictEqual(expected.map((own) => toWhole(own, usage)));
      }),
      { numRuns: 300 },
    );
  });

  test('in a stream of a text', () => {
    fc.assert(
      fc.property(arbitraryCompletion, (answer) => {
        const { choiceCount, topLogprobs, prompt, isEchoed, events } = answer;
        const fold = createCompletionChunkFold(envelope, {
          promptCount: 1,
          madeCount: choiceCount,
          choiceCount,
          logprobs: topLogprobs !== undefined,
          topCount: topLogprobs ?? 0,
          includeUsage: true,
        });
        const request = {
          prompt: { kind: 'text', text: prompt, isEchoed, suffix: undefined },
          topLogprobs,
        } as const;
        const read = readAnswer(events.flatMap(fold.push), request, answer, true);
        expect(split(read, choiceCount)).toStrictEqual(toExpected(answer));
      }),
      { numRuns: 300 },
    );
  });

  test('in a whole answer to a text', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCompletion, async (answer) => {
        const { choiceCount, topLogprobs, prompt, isEchoed, events } = answer;
        const asked = {
          promptCount: 1,
          madeCount: choiceCount,
          choiceCount,
          logprobs: topLogprobs !== undefined,
        };
        const whole = await toCompletion(toIterable(events), envelope, asked, topLogprobs ?? 0);
        const request = {
          prompt: { kind: 'text', text: prompt, isEchoed, suffix: undefined },
          topLogprobs,
        } as const;
        const read = readAnswer([whole], request, answer, false);
        const expected = toExpected(answer);
        const usage = usageOf(expected);
        expect(split(read, choiceCount)).toStrictEqual(expected.map((own) => toWhole(own, usage)));
      }),
      { numRuns: 300 },
    );
  });
});

function withoutLogprobs({ choice, event }: ChoiceEvent): ChoiceEvent {
  if (event.type !== 'text-delta') return { choice, event };
  return { choice, event: { type: 'text-delta', text: event.text } };
}

/** Each delta tells one token more, and each start the prompt, as the first choice does. */
function reportUsage(answer: ArbitraryAnswer): ArbitraryAnswer {
  const first = answer.events.flatMap(({ choice, event }) =>
    event.type === 'finish' && choice === 0 ? [event.usage] : [],
  );
  const { promptTokens, cachedTokens } = first[0] ?? noUsage;
  const counts = new Map<number, number>();
  const events = answer.events.map(({ choice, event }): ChoiceEvent => {
    if (event.type === 'started') return { choice, event: { type: 'started', promptTokens, cachedTokens } };
    if (event.type === 'finish' || event.type === 'echo') return { choice, event };
    const completionTokens = (counts.get(choice) ?? 0) + 1;
    counts.set(choice, completionTokens);
    return { choice, event: { ...event, soFar: { completionTokens, reasoningTokens: 0 } } };
  });
  return { ...answer, events };
}

async function* toIterable<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
