import { describe, expect, test } from 'vitest';
import { createRequest } from '../../../../test/create-request.ts';
import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import { dialects } from './dialects.ts';
import { createUpstreamAnswerReader } from './upstream-answer-reader.ts';
import { UpstreamFormatError } from './upstream-error.ts';

interface Reading {
  readonly request?: Partial<GenerationRequest>;
  readonly choiceCount?: number;
  readonly isStreamed?: boolean;
}

/** The events of all values, and of the end. */
function read(
  values: readonly unknown[],
  { request = {}, choiceCount = 1, isStreamed = true }: Reading = {},
) {
  const reader = createUpstreamAnswerReader({
    request: createRequest('Say hello', request),
    form: { choiceCount, isStreamed, dialect: dialects['openai-compatible'] },
  });
  return [...values.flatMap((value) => reader.read(value)), ...reader.end()];
}

/** The events of the only choice. */
function readOne(values: readonly unknown[], reading: Reading = {}): GenerationEvent[] {
  return read(values, reading).map(({ event }: ChoiceEvent) => event);
}

const chunk = (delta: object, reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: reason }],
});

const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
const counted = { promptTokens: 7, completionTokens: 2, cachedTokens: 0, reasoningTokens: 0 };

describe('a stream', () => {
  test('of OpenAI is read', () => {
    const values = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
      { choices: [], usage },
    ];
    expect(readOne(values)).toEqual([
      { type: 'started' },
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo' },
      { type: 'finish', reason: 'stop', usage: counted },
    ]);
  });

  test.each([
    ['.', 'stop', { stopSequence: '.' }],
    // Not one of the request, a token, an end by itself, and another end.
    ['!', 'stop', {}],
    [128_009, 'stop', {}],
    [null, 'stop', {}],
    ['.', 'length', {}],
  ])('with the stop reason %j of vLLM at %s', (stopReason, reason, expected) => {
    const last = {
      choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: reason, stop_reason: stopReason }],
      usage,
    };
    const finish = readOne([last], { request: { stop: ['.', 'x'] } }).at(-1);
    expect(finish).toEqual({ type: 'finish', reason, ...expected, usage: counted });
  });

  test('that is cut is no answer', () => {
    expect(() => readOne([chunk({ content: 'Hel' })])).toThrow(UpstreamFormatError);
  });
});
