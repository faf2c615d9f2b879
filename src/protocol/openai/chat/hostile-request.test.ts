import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { processorMsOf } from '../../../../test/processor-ms-of.ts';
import { RequestError, toErrorBody } from '../shared/error.ts';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';

const errorBodyBytesMax = 8_192;
/** Generous for a loaded machine: the slowest of these takes a fifth of it on two cores. */
const refusalMsMax = 300;

const least = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };

/** Bytes of the error body, or undefined for an accepted request; anything but a RequestError is a defect. */
function refuse(body: unknown, strict = false): number | undefined {
  try {
    parseChatCompletionRequest(body, { strict });
    return undefined;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return Buffer.byteLength(JSON.stringify(toErrorBody(error)));
  }
}

const wideText = '\u2028"\\\u0000漢'.repeat(100);
const unknownFields = Object.fromEntries(
  Array.from({ length: 200_000 }, (_, index) => [`k${index}${wideText}`.slice(0, 12), 1]),
);

function toNamedFormat(name: string): object {
  return { type: 'json_schema', json_schema: { name, schema: {} } };
}

function toTool(name: string, parameters?: unknown): object {
  return { type: 'function', function: { name, parameters } };
}

function toCalling(id: string): object {
  return {
    role: 'assistant',
    tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
  };
}

describe('a hostile body costs little and gets a small answer', () => {
  test.each<[string, unknown]>([
    [
      '10,000 bad messages of 500 bytes',
      { model: 'm', messages: Array.from({ length: 10_000 }, () => ({ role: wideText, content: null })) },
    ],
    [
      '10,000 messages without anything',
      { model: 'm', messages: Array.from({ length: 10_000 }, () => ({})) },
    ],
    ['two million numbers for messages', { model: 'm', messages: Array(2_000_000).fill(1) }],
    [
      'two million numbers for parts',
      { model: 'm', messages: [{ role: 'user', content: Array(2_000_000).fill(1) }] },
    ],
    [
      '1,000 bad parts in each of 5,000 messages',
      { model: 'm', messages: Array(5_000).fill({ role: 'user', content: Array(1_000).fill(1) }) },
    ],
    [
      'bad part types',
      {
        model: 'm',
        messages: [{ role: 'assistant', content: Array.from({ length: 1_000 }, () => ({ type: wideText })) }],
      },
    ],
    ['two million stop sequences', { ...least, stop: Array(2_000_000).fill(1) }],
    ['a stop sequence of 5 MB', { ...least, stop: 'a'.repeat(5_000_000) }],
    ['a model name of 5 MB', { ...least, model: wideText.repeat(10_000) }],
    ['a broken schema text of 5 MB', { ...least, guided_json: `{${wideText.repeat(10_000)}` }],
    ['two million choices', { ...least, guided_choice: Array(2_000_000).fill(1) }],
    ['a schema name of 5 MB', { ...least, response_format: toNamedFormat(wideText.repeat(10_000)) }],
    ['two million tools', { ...least, tools: Array(2_000_000).fill(1) }],
    ['10,000 good tools', { ...least, tools: Array(10_000).fill(toTool('a')) }],
    ['128 bad tools', { ...least, tools: Array(128).fill({ type: wideText, function: unknownFields }) }],
    ['a tool name of 5 MB', { ...least, tools: [toTool(wideText.repeat(10_000))] }],
    ['a choice of 5 MB', { ...least, tools: [toTool('a')], tool_choice: wideText.repeat(10_000) }],
    [
      'two million allowed tools',
      {
        ...least,
        tools: [toTool('a')],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: Array(2_000_000).fill(1) },
        },
      },
    ],
    [
      'a call id of 5 MB that nobody knows',
      {
        model: 'm',
        messages: [toCalling('a'), { role: 'tool', content: 'a', tool_call_id: wideText.repeat(10_000) }],
      },
    ],
    [
      '1,000 bad calls in each of 5,000 messages',
      { model: 'm', messages: Array(5_000).fill({ role: 'assistant', tool_calls: Array(1_000).fill(1) }) },
    ],
    ['200,000 unknown fields beside a bad one', { ...unknownFields, n: 4 }],
    ['a message of 200,000 unknown fields', { model: 'm', messages: [unknownFields] }],
  ])('%s', (_name, body) => {
    let bytes: number | undefined;
    expect(
      processorMsOf(() => {
        bytes = refuse(body);
      }),
    ).toBeLessThan(refusalMsMax);
    expect(bytes).toBeLessThan(errorBodyBytesMax);
  });

  test('200,000 unknown fields in strict mode', () => {
    expect(refuse({ ...least, ...unknownFields }, true)).toBeLessThan(errorBodyBytesMax);
  });

  test('deep nesting', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    const fields = [
      ...[
        'messages',
        'stop',
        'stream_options',
        'logit_bias',
        'response_format',
        'structured_outputs',
        'future',
      ],
      ...['guided_json', 'json_schema', 'tools', 'tool_choice', 'functions', 'function_call'],
    ];
    for (const field of fields) {
      refuse({ ...least, [field]: deep });
      refuse({ ...least, [field]: { type: 'json_schema', json: deep, schema: deep, json_schema: deep } });
    }
    const deepObject = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: deepObject } };
    expect(refuse({ ...least, response_format })).toBeUndefined();
    expect(refuse({ ...least, tools: [toTool('a', deepObject)] })).toBeUndefined();
    expect(refuse({ ...least, functions: [{ name: 'a', parameters: deepObject }] })).toBeUndefined();
  });
});

test('no value in any place makes anything but a RequestError or a request', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e300, '', '__proto__', 'tool', 'text'),
    fc.string({ unit: 'binary' }),
  );
  const definition = fc.record(
    { name: fc.oneof(value, fc.constantFrom('a', 'b')), arguments: value, parameters: value, strict: value },
    { requiredKeys: [] },
  );
  const toolCall = fc.record(
    { id: value, type: fc.oneof(value, fc.constant('function')), function: fc.oneof(value, definition) },
    { requiredKeys: [] },
  );
  const part = fc.oneof(value, fc.record({ type: value, text: value, refusal: value }, { requiredKeys: [] }));
  const message = fc.oneof(
    value,
    fc.record(
      {
        role: fc.oneof(
          value,
          fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function'),
        ),
        content: fc.oneof(value, fc.array(part)),
        refusal: value,
        name: value,
        tool_calls: fc.oneof(value, fc.array(toolCall)),
        tool_call_id: value,
        function_call: fc.oneof(value, definition),
      },
      { requiredKeys: [] },
    ),
  );
  const responseFormat = fc.record(
    {
      type: fc.oneof(value, fc.constantFrom('json_object', 'json_schema', 'regex', 'grammar', 'choice')),
      json_schema: fc.oneof(value, fc.record({ name: value, schema: value }, { requiredKeys: [] })),
      schema: value,
      regex: value,
      choice: fc.oneof(value, fc.array(value)),
    },
    { requiredKeys: [] },
  );
  const body = fc.record(
    {
      model: value,
      messages: fc.oneof(value, fc.array(message)),
      temperature: value,
      top_p: value,
      seed: value,
      stop: fc.oneof(value, fc.array(value)),
      max_tokens: value,
      max_completion_tokens: value,
      stream: value,
      stream_options: fc.oneof(value, fc.record({ include_usage: value })),
      n: value,
      response_format: fc.oneof(value, responseFormat),
      structured_outputs: fc.oneof(
        value,
        fc.record({ json: value, regex: value, choice: value, json_object: value }, { requiredKeys: [] }),
      ),
      guided_json: value,
      tools: fc.oneof(value, fc.array(toolCall)),
      tool_choice: fc.oneof(value, fc.constantFrom('auto', 'required'), toolCall),
      parallel_tool_calls: value,
      functions: fc.oneof(value, fc.array(definition)),
      function_call: fc.oneof(value, definition),
      grammar: value,
      future: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(value, body), fc.boolean(), (input, strict) => {
      expect(refuse(input, strict) ?? 0).toBeLessThan(errorBodyBytesMax);
    }),
    { numRuns: 2_000 },
  );
});

test('a wrong type in each field names that field', () => {
  const wrong: Record<string, fc.Arbitrary<unknown>> = {
    model: fc.oneof(fc.integer(), fc.boolean(), fc.constant([]), fc.constant({})),
    messages: fc.oneof(fc.integer(), fc.string(), fc.constant({})),
    temperature: fc.oneof(fc.string(), fc.boolean(), fc.constant([])),
    top_p: fc.oneof(fc.string(), fc.boolean(), fc.constant({})),
    seed: fc.oneof(fc.string(), fc.double({ min: 0.1, max: 0.9 })),
    stop: fc.oneof(fc.integer(), fc.boolean(), fc.constant({})),
    max_tokens: fc.oneof(fc.string(), fc.double({ min: 1.1, max: 1.9 })),
    max_completion_tokens: fc.oneof(fc.string(), fc.boolean()),
    stream: fc.oneof(fc.string(), fc.integer()),
    stream_options: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  };
  for (const [param, values] of Object.entries(wrong)) {
    fc.assert(
      fc.property(values, (value) => {
        expect(() => parseChatCompletionRequest({ ...least, [param]: value }, { strict: false })).toThrow(
          expect.objectContaining({ code: 'invalid_type', param }),
        );
      }),
      { numRuns: 20 },
    );
  }
});

test('an ordinary request takes well under a millisecond, 10,000 messages under 100', () => {
  const parse = (body: unknown) => parseChatCompletionRequest(body, { strict: false });
  const long = {
    ...least,
    messages: Array.from({ length: 10_000 }, () => ({ role: 'user', content: 'Hello' })),
  };
  parse(least);
  // The best of some runs: the first ones compile.
  const ordinaryMs = Math.min(...Array.from({ length: 50 }, () => processorMsOf(() => parse(least))));
  const longMs = Math.min(...Array.from({ length: 3 }, () => processorMsOf(() => parse(long))));
  expect(ordinaryMs).toBeLessThan(0.5);
  expect(longMs).toBeLessThan(100);
});
