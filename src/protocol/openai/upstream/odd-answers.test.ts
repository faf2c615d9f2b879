// Answers that no server should send, and what is made of them: nothing of an answer is lost, and none looks better than it is.
import { describe, expect, test } from 'vitest';
import { askedTools, createRequest } from '../../../../test/create-request.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { dialects } from './dialects.ts';
import { createUpstreamAnswerReader } from './upstream-answer-reader.ts';
import { UpstreamFormatError } from './upstream-error.ts';

/** What is between `started` and `finish`, and the reason. */
function read(values: readonly unknown[], { isStreamed = true } = {}) {
  const reader = createUpstreamAnswerReader({
    request: createRequest('Hello', { toolUse: askedTools }),
    form: { choiceCount: 1, isStreamed, dialect: dialects['openai-compatible'] },
  });
  const all = [...values.flatMap((value) => reader.read(value)), ...reader.end()].map(({ event }) => event);
  const last = all.at(-1);
  if (all[0]?.type !== 'started' || last?.type !== 'finish') {
    throw new Error('An answer has no start or end.');
  }
  return { events: all.slice(1, -1), reason: last.reason };
}

const chunk = (delta: object, reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: reason }],
});
const end = chunk({}, 'stop');
const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
const text = (one: string): GenerationEvent => ({ type: 'text-delta', text: one });

describe('a character that is cut between its two halves', () => {
  const [high, low] = ['\uD83D', '\uDE00'];

  test.each([
    [
      ['a', high, low, 'b'],
      ['a', '😀', 'b'],
    ],
    [
      [`a${high}`, `${low}b`],
      ['a', '😀b'],
    ],
    [
      [`a${high}`, 'b'],
      ['a', '\uFFFDb'],
    ],
    [
      [low, 'a', high],
      ['\uFFFD', 'a', '\uFFFD'],
    ],
  ])('is whole in the text: %j', (pieces, texts) => {
    const { events } = read([...pieces.map((content) => chunk({ content })), end]);
    expect(events).toEqual(texts.map(text));
  });

  test('is whole in reasoning, which ends before the text', () => {
    const { events } = read([
      chunk({ reasoning_content: `a${high}` }),
      chunk({ reasoning_content: `${low}${high}` }),
      chunk({ content: 'b' }),
      end,
    ]);
    const reasoning = (one: string) => ({ type: 'reasoning-delta', text: one });
    expect(events).toEqual([reasoning('a'), reasoning('😀'), reasoning('\uFFFD'), text('b')]);
  });

  test('is whole in the arguments of a call', () => {
    const { events } = read([
      chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: `{"a":"${high}` } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: `${low}"}` } }] }),
      chunk({}, 'tool_calls'),
    ]);
    expect(events).toMatchObject([
      { type: 'tool-call-start', id: 'c', name: 'f' },
      { type: 'tool-call-delta', argumentsText: '{"a":"' },
      { type: 'tool-call-delta', argumentsText: '😀"}' },
    ]);
  });

  test('becomes U+FFFD in a whole answer', () => {
    const message = { content: `a${high}`, reasoning_content: low };
    const { events } = read([{ choices: [{ message, finish_reason: 'stop' }], usage }], {
      isStreamed: false,
    });
    expect(events).toEqual([{ type: 'reasoning-delta', text: '\uFFFD' }, text('a'), text('\uFFFD')]);
  });
});

describe('the end of an answer', () => {
  test.each([
    [['length', 'stop'], 'length'],
    [['stop', 'length'], 'length'],
    [['length', 'content_filter'], 'content-filter'],
    [['content_filter', 'stop'], 'content-filter'],
    [['length', 'length'], 'length'],
    [['stop', 'stop'], 'stop'],
  ])('that is told as %j is %s', (reasons, reason) => {
    const values = [chunk({ content: 'a' }), ...reasons.map((one) => chunk({}, one))];
    expect(read(values).reason).toBe(reason);
  });

  test.each([[[null]], [['f']], [[]]])('with %j in the place of calls is no call', (list) => {
    const values = [chunk({ content: 'a', tool_calls: list }), end];
    expect(read(values)).toMatchObject({ events: [text('a')], reason: 'stop' });
  });
});

describe('a choice without an answer is none:', () => {
  test.each([
    ['a text for a delta', [{ choices: [{ delta: 'a', finish_reason: 'stop' }] }]],
    ['a text for a message', [{ choices: [{ message: 'a', finish_reason: 'stop' }] }]],
    ['a list for a message', [{ choices: [{ message: [], finish_reason: 'stop' }] }]],
    ['a number for a text', [{ choices: [{ text: 5, finish_reason: 'stop' }] }]],
    ['only an end', [{ choices: [{ finish_reason: 'stop' }] }]],
    ['only an end and usage', [{ choices: [{ index: 0, delta: null, finish_reason: 'stop' }], usage }]],
  ])('%s', (_, values) => {
    expect(() => read(values)).toThrow(UpstreamFormatError);
    expect(() => read(values, { isStreamed: false })).toThrow(UpstreamFormatError);
  });

  test('an end of a stream needs no delta', () => {
    const values = [chunk({ content: 'a' }), { choices: [{ index: 0, delta: null, finish_reason: 'stop' }] }];
    expect(read(values)).toMatchObject({ events: [text('a')], reason: 'stop' });
  });
});
