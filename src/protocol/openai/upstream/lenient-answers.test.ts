// What servers do otherwise than OpenAI's API says, each seen at one of them.
import { describe, expect, test } from 'vitest';
import { askedTools, createRequest } from '../../../../test/create-request.ts';
import { estimatePromptTokens } from '../../../backend/estimate-prompt-tokens.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import { textContent } from '../../../backend/message-content.ts';
import { dialects } from './dialects.ts';
import { createUpstreamAnswerReader } from './upstream-answer-reader.ts';
import { UpstreamFailure, UpstreamFormatError } from './upstream-error.ts';

interface Reading extends Partial<GenerationRequest> {
  readonly isStreamed?: boolean;
  readonly choiceCount?: number;
  readonly contextLength?: number;
}

function createReader({ isStreamed = true, choiceCount = 1, contextLength, ...request }: Reading = {}) {
  return createUpstreamAnswerReader({
    request: createRequest('Hello', { toolUse: askedTools, ...request }),
    form: { choiceCount, isStreamed, dialect: dialects['openai-compatible'] },
    contextLength,
  });
}

/** What is between `started` and `finish`, and the reason. */
function read(values: readonly unknown[], reading: Reading = {}) {
  const reader = createReader(reading);
  const all = [...values.flatMap((value) => reader.read(value)), ...reader.end()].map(({ event }) => event);
  const last = all.at(-1);
  if (all[0]?.type !== 'started' || last?.type !== 'finish')
    throw new Error('An answer has no start or end.');
  return { events: all.slice(1, -1), reason: last.reason, usage: last.usage };
}

const chunk = (delta: object, reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: reason }],
});
const end = chunk({}, 'stop');
const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
const text = (one: string): GenerationEvent => ({ type: 'text-delta', text: one });
const start = (callIndex: number, id: string, name: string): GenerationEvent => ({
  type: 'tool-call-start',
  callIndex,
  id,
  name,
});
const piece = (callIndex: number, argumentsText: string): GenerationEvent => ({
  type: 'tool-call-delta',
  callIndex,
  argumentsText,
});
const call = (index: number | undefined, name?: string, args?: unknown, id?: string) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
const someId = expect.stringMatching(/^call_[0-9a-f]{24}$/);

describe('text', () => {
  test.each<[string, unknown[], GenerationEvent[]]>([
    ['null content', [chunk({ content: null }), chunk({ content: 'a' }), end], [text('a')]],
    ['no choices', [{ choices: [] }, {}, { type: 'ping' }, chunk({ content: 'a' }), end], [text('a')]],
    ['a wrong index', [{ choices: [{ index: 3, delta: { content: 'a' } }] }, end], [text('a')]],
    ['text with the end', [chunk({ content: 'a' }, 'stop')], [text('a')]],
    ['two ends', [chunk({ content: 'a' }, 'stop'), end], [text('a')]],
    [
      'parts',
      [
        chunk(
          {
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
          'stop',
        ),
      ],
      [text('ab')],
    ],
    ['text of a chat in the older form', [{ choices: [{ text: 'a', finish_reason: 'stop' }] }], [text('a')]],
    [
      'a whole answer in place of a stream',
      [{ choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }],
      [text('a')],
    ],
  ])('%s', (_, values, events) => {
    expect(read(values).events).toEqual(events);
  });

  test.each([
    ['reasoning_content', { reasoning_content: 'hm' }],
    ['reasoning', { reasoning: 'hm' }],
    ['both', { reasoning_content: 'hm', reasoning: 'hm' }],
    ['an empty one and the other', { reasoning_content: '', reasoning: 'hm' }],
    ["Mistral's parts", { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('reasoning as %s', (_, delta) => {
    expect(read([chunk(delta), chunk({ content: 'a' }), end]).events).toEqual([
      { type: 'reasoning-delta', text: 'hm' },
      text('a'),
    ]);
  });

  test('of a refusal ends as a filter ends it', () => {
    const { events, reason } = read([chunk({ refusal: 'No.' }), end]);
    expect([events, reason]).toEqual([[text('No.')], 'content-filter']);
  });
});

describe('the end', () => {
  test.each([
    ['stop', 'stop'],
    ['EOS', 'stop'],
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['tool_calls', 'stop'],
  ])('%s without calls is %s', (word, reason) => {
    expect(read([chunk({ content: 'a' }, word)]).reason).toBe(reason);
  });

  test.each(['stop', 'tool_calls', 'function_call'])('%s with calls is a call', (word) => {
    expect(read([chunk({ tool_calls: [call(0, 'f', '{}', 'x')] }, word)]).reason).toBe('tool-calls');
  });

  test.each([
    ['no end', [chunk({ content: 'a' })]],
    ['an empty answer', []],
    ['only the usage', [{ choices: [], usage }]],
    ['an end that is none', [chunk({ content: 'a' }, ''), chunk({}, 'null')]],
    ['a failure', [chunk({ content: 'a' }, 'error')]],
    ['an aborted answer', [chunk({ content: 'a' }, 'abort')]],
    ['an unknown word', [chunk({ content: 'a' }, 'whatever')]],
    ['text that is none', [chunk({ content: { a: 1 } }, 'stop')]],
    ['no object', ['text']],
    ['a list', [[]]],
    ['a choice that is none', [{ choices: ['a'] }]],
  ])('%s is no answer', (_, values) => {
    expect(() => read(values)).toThrow(UpstreamFormatError);
  });

  test('of one choice alone is not the end of both', () => {
    const one = (index: number) => ({ choices: [{ index, delta: { content: 'a' }, finish_reason: 'stop' }] });
    expect(() => read([one(0)], { choiceCount: 2 })).toThrow('cut');
    expect(() => read([one(0), one(2)], { choiceCount: 2 })).toThrow('index');
  });

  test.each([
    [{ error: { message: 'x' } }],
    [{ error: 'x' }],
    [{ object: 'error', message: 'x' }],
    [{ detail: 'x' }],
  ])('%j is a failure, also in mid-stream', (body) => {
    expect(() => read([chunk({ content: 'a' }), body])).toThrow(UpstreamFailure);
  });

  test('is known before [DONE] comes', () => {
    const reader = createReader();
    reader.read(chunk({ content: 'a' }, 'stop'));
    expect(reader.isWhole()).toBe(false);
    reader.read({ choices: [], usage });
    expect(reader.isWhole()).toBe(true);
  });
});

describe('calls', () => {
  const sequential = [
    start(0, 'x', 'f'),
    piece(0, '{"a":'),
    piece(0, '1}'),
    start(1, 'y', 'g'),
    piece(1, '{}'),
  ];
  const whole = [start(0, 'x', 'f'), piece(0, '{"a":1}'), start(1, 'y', 'g'), piece(1, '{}')];

  test.each<[string, object[][], GenerationEvent[]]>([
    [
      'one after the other',
      [
        [call(0, 'f', '', 'x')],
        [call(0, undefined, '{"a":')],
        [call(0, undefined, '1}')],
        [call(1, 'g', '{}', 'y')],
      ],
      sequential,
    ],
    [
      'interleaved',
      [
        [call(0, 'f', '{"a":', 'x')],
        [call(1, 'g', '{', 'y')],
        [call(0, undefined, '1}')],
        [call(1, undefined, '}')],
      ],
      [
        start(0, 'x', 'f'),
        piece(0, '{"a":'),
        piece(0, '1}'),
        start(1, 'y', 'g'),
        piece(1, '{'),
        piece(1, '}'),
      ],
    ],
    [
      'names first',
      [
        [call(0, 'f', '', 'x')],
        [call(1, 'g', '', 'y')],
        [call(1, undefined, '{}')],
        [call(0, undefined, '{"a":1}')],
      ],
      whole,
    ],
    ['whole at once', [[call(0, 'f', '{"a":1}', 'x'), call(1, 'g', '{}', 'y')]], whole],
    ['as objects', [[call(0, 'f', { a: 1 }, 'x')], [call(1, 'g', {}, 'y')]], whole],
    ['without indices', [[call(undefined, 'f', '{"a":1}', 'x')], [call(undefined, 'g', '{}', 'y')]], whole],
    [
      'without indices, in pieces',
      [
        [call(undefined, 'f', '{"a":', 'x')],
        [call(undefined, undefined, '1}')],
        [call(undefined, 'g', '{}', 'y')],
      ],
      sequential,
    ],
    ['with one index for all', [[call(0, 'f', '{"a":1}', 'x')], [call(0, 'g', '{}', 'y')]], whole],
    [
      'with the name and the id in each piece',
      [[call(0, 'f', '{"a":', 'x')], [call(0, 'f', '1}', 'x')], [call(1, 'g', '{}', 'y')]],
      sequential,
    ],
    ['without arguments', [[call(0, 'f', '{"a":1}', 'x')], [call(1, 'g', undefined, 'y')]], whole],
    ['with null for arguments', [[call(0, 'f', '{"a":1}', 'x')], [call(1, 'g', null, 'y')]], whole],
    [
      'with the name behind the arguments',
      [[call(0, undefined, '{"a":1}', 'x')], [call(0, 'f')], [call(1, 'g', '{}', 'y')]],
      whole,
    ],
  ])('%s', (_, deltas, events) => {
    expect(read([...deltas.map((calls) => chunk({ tool_calls: calls })), end]).events).toEqual(events);
  });

  test('without ids get some', () => {
    const { events } = read([chunk({ tool_calls: [call(0, 'f', '{}'), call(1, 'g', '{}')] }), end]);
    expect(events).toEqual([start(0, someId, 'f'), piece(0, '{}'), start(1, someId, 'g'), piece(1, '{}')]);
  });

  test('with an id that the answer or the conversation has already get another one', () => {
    const toolCalls = [{ id: 'old', name: 'f', argumentsText: '{}' }];
    const messages = [
      { role: 'assistant', content: textContent(''), toolCalls },
      { role: 'tool', content: textContent('1'), toolCallId: 'old' },
    ] as const;
    const calls = [call(0, 'f', '{}', 'x'), call(1, 'f', '{}', 'x'), call(2, 'f', '{}', 'old')];
    const { events } = read([chunk({ tool_calls: calls }), end], { prompt: { kind: 'chat', messages } });
    const ids = events.flatMap((event) => (event.type === 'tool-call-start' ? [event.id] : []));
    expect(ids).toEqual(['x', someId, someId]);
    expect(new Set(ids).size).toBe(3);
  });

  test('in the older form are calls', () => {
    const values = [
      chunk({ function_call: { name: 'f', arguments: '{' } }),
      chunk({ function_call: { arguments: '}' } }),
    ];
    const { events, reason } = read([...values, chunk({}, 'function_call')]);
    expect(events).toEqual([start(0, someId, 'f'), piece(0, '{'), piece(0, '}')]);
    expect(reason).toBe('tool-calls');
  });

  test('of a whole message come one after the other, also without ids or indices', () => {
    const message = { content: null, tool_calls: [call(undefined, 'f', {}), call(undefined, 'f', '')] };
    const { events } = read([{ choices: [{ message, finish_reason: 'stop' }], usage }], {
      isStreamed: false,
    });
    expect(events).toEqual([start(0, someId, 'f'), piece(0, '{}'), start(1, someId, 'f'), piece(1, '{}')]);
  });

  test.each([
    ['no name', [[call(0, undefined, '{}', 'x')]]],
    ['a name without an end', [[call(0, 'f'.repeat(300), '{}', 'x')]]],
    [
      'arguments that go on after the next call',
      [[call(0, 'f', '{}', 'x')], [call(1, 'g', '{}', 'y')], [call(0, undefined, '{')]],
    ],
    ['too many', [Array.from({ length: 129 }, (_, index) => call(index, 'f', '{}', `${index}`))]],
  ])('with %s are none', (_, deltas) => {
    expect(() => read([...deltas.map((calls) => chunk({ tool_calls: calls })), end])).toThrow(
      UpstreamFormatError,
    );
  });
});

describe('usage', () => {
  const a = chunk({ content: 'a' });
  const counted = { promptTokens: 7, completionTokens: 2, cachedTokens: 0, reasoningTokens: 0 };

  test.each<[string, unknown[]]>([
    ['with the end', [a, { ...end, usage }]],
    ['after the end', [a, end, { choices: [], usage }]],
    ['without choices at all', [a, end, { usage }]],
    [
      'with each chunk',
      [
        { ...a, usage: { ...usage, completion_tokens: 1 } },
        { ...end, usage },
      ],
    ],
    ["in the choice, as Moonshot's", [a, { choices: [{ delta: {}, finish_reason: 'stop', usage }] }]],
    ["as Groq's", [a, { ...end, x_groq: { usage } }]],
    [
      "as llama-server's timings",
      [a, end, { choices: [], timings: { prompt_n: 7, cache_n: 0, predicted_n: 2 } }],
    ],
    ['under other names', [a, end, { choices: [], usage: { input_tokens: 7, output_tokens: 2 } }]],
  ])('%s', (_, values) => {
    expect(read(values).usage).toEqual(counted);
  });

  test('has its details', () => {
    const details = {
      ...usage,
      prompt_tokens_details: { cached_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 1 },
    };
    expect(read([a, end, { choices: [], usage: details }]).usage).toEqual({
      ...counted,
      cachedTokens: 5,
      reasoningTokens: 1,
    });
    const deepSeek = { ...usage, prompt_cache_hit_tokens: 5 };
    expect(read([a, end, { choices: [], usage: deepSeek }]).usage.cachedTokens).toBe(5);
  });

  test.each<[string, object | undefined, object]>([
    ['none', undefined, { completionTokens: 3 }],
    ['far too much', { ...usage, prompt_tokens: 1e9 }, { completionTokens: 2 }],
    ['negative', { ...usage, completion_tokens: -5 }, { promptTokens: 7, completionTokens: 3 }],
    ['a fraction', { ...usage, completion_tokens: 1.5 }, { promptTokens: 7, completionTokens: 3 }],
    ['a text', { ...usage, completion_tokens: '2' }, { promptTokens: 7, completionTokens: 3 }],
    ['nothing for something', { ...usage, completion_tokens: 0 }, { promptTokens: 7, completionTokens: 3 }],
    [
      'more cached than there is',
      { ...usage, prompt_tokens_details: { cached_tokens: 8 } },
      { cachedTokens: 0 },
    ],
  ])('that is %s is estimated, and says so', (_, told, expected) => {
    const values = [a, a, a, end, { choices: [], ...(told === undefined ? {} : { usage: told }) }];
    const { usage: read1 } = read(values);
    expect(read1).toMatchObject({ ...expected, isEstimated: true });
    expect(read1.promptTokens).toBeGreaterThan(0);
    expect(read1.promptTokens).toBeLessThan(100);
  });

  test('beyond the context of the model is estimated', () => {
    const told = { choices: [], usage: { ...usage, prompt_tokens: 500 } };
    expect(read([a, end, told], { contextLength: 400 }).usage.isEstimated).toBe(true);
    expect(read([a, end, told], { contextLength: 500 }).usage).toEqual({ ...counted, promptTokens: 500 });
  });

  test('of an answer that is cut off is what was read', () => {
    const reader = createReader();
    // The request was sent, so its prompt is counted.
    expect(reader.usage()).toEqual({
      promptTokens: estimatePromptTokens(createRequest('Hello', { toolUse: askedTools })),
      completionTokens: 0,
      cachedTokens: 0,
      reasoningTokens: 0,
      isEstimated: true,
    });
    for (const value of [a, a]) reader.read(value);
    expect(reader.usage()).toMatchObject({ completionTokens: 2, isEstimated: true });
    reader.read({ ...a, usage: { ...usage, completion_tokens: 3 } });
    expect(reader.usage()).toEqual({ ...counted, completionTokens: 3 });
  });
});
