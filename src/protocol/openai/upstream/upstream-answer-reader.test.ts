import { describe, expect, test } from 'vitest';
import { askedTools, createRequest } from '../../../../test/create-request.ts';
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
    request: createRequest('Say hello', { toolUse: askedTools, ...request }),
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

describe('what was not asked for is an error:', () => {
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'rm', arguments: '{}' } };
  const whole = (message: object, index: unknown = 0) => ({
    choices: [{ index, message, finish_reason: 'stop' }],
  });
  const other = (index: unknown) => ({
    choices: [{ index, delta: { content: 'b' }, finish_reason: 'stop' }],
  });

  test.each([
    ['a call in a stream', [chunk({ tool_calls: [call] }, 'tool_calls')]],
    ['a call in a whole answer', [whole({ content: null, tool_calls: [call] })]],
    [
      'a call in the older form',
      [chunk({ function_call: { name: 'rm', arguments: '{}' } }, 'function_call')],
    ],
  ])('%s', (_, values) => {
    expect(() => readOne(values, { request: { toolUse: undefined } })).toThrow(
      'The upstream called a tool, and the request has none.',
    );
  });

  test.each([
    ['in one chunk', [{ choices: [...other(3).choices, ...other(4).choices] }]],
    [
      'in a whole answer',
      [{ choices: [...whole({ content: 'a' }).choices, ...whole({ content: 'b' }, 1).choices] }],
    ],
  ])('a second choice %s', (_, values) => {
    expect(() => readOne(values)).toThrow('The upstream sent more choices than were asked for.');
  });

  test.each([[1], ['0'], [null], [undefined]])('but the only choice may have the index %j', (index) => {
    expect(readOne([whole({ content: 'a' }, index)]).map(({ type }) => type)).toEqual([
      'started',
      'text-delta',
      'finish',
    ]);
  });
});

test.each([true, false])('text is dropped where no tokens were asked for (streamed: %s)', (isStreamed) => {
  const prompt = { kind: 'text', text: 'The capital', isEchoed: true, suffix: undefined } as const;
  const values = [{ choices: [{ index: 0, text: ' of', finish_reason: 'length' }], usage }];
  expect(readOne(values, { request: { prompt, maxTokens: 0 }, isStreamed })).toEqual([
    { type: 'started', promptTokens: 7 },
    { type: 'echo', text: 'The capital' },
    { type: 'finish', reason: 'length', usage: counted },
  ]);
});
