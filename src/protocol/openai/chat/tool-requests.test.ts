import { describe, expect, test } from 'vitest';
import { messagesOf } from '../../../../test/messages-of.ts';
import { textContent } from '../../../backend/message-content.ts';
import { RequestError } from '../shared/error.ts';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';
import { toGenerationRequest } from './to-generation-request.ts';
import { toolDescriptionCharactersMax, toolsMax } from './tool-fields.ts';

const user = { role: 'user', content: 'Hello' };
const least = { model: 'm', messages: [user] };

function toTool(name: string, more: object = {}) {
  return { type: 'function', function: { name, ...more } };
}

function toCalls(...ids: readonly string[]) {
  return ids.map((id) => ({ id, type: 'function', function: { name: `of-${id}`, arguments: '{}' } }));
}

const [a, b] = [toTool('a'), toTool('b')];
const tools = [a, b];

function parse(fields: object, strict = false) {
  return parseChatCompletionRequest({ ...least, ...fields }, { strict });
}

function refusalOf(fields: object): RequestError {
  try {
    parse(fields);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('The body was accepted.');
}

function readMessages(...messages: readonly object[]) {
  const { request } = parse({ messages: [user, ...messages] });
  return messagesOf(toGenerationRequest(request, 'id')).slice(1);
}

test('a tool arrives whole, and its parameters untouched', () => {
  const parameters = JSON.parse('{"properties":{"z":{},"a":{},"__proto__":{}},"type":"object"}');
  const { requestedTools, request } = parse({
    tools: [
      toTool('get_weather', { description: 'd', parameters, strict: true }),
      toTool('x.y-z', { strict: null }),
    ],
  });
  expect(requestedTools).toEqual({
    toolUse: {
      tools: [
        { name: 'get_weather', description: 'd', parameters, isStrict: true },
        { name: 'x.y-z', description: undefined, parameters: undefined, isStrict: false },
      ],
      choice: 'auto',
      callableNames: ['get_weather', 'x.y-z'],
      isParallel: true,
    },
    params: ['tools[0].function.parameters', 'tools[1].function.parameters'],
    isDeprecatedForm: false,
  });
  expect(requestedTools?.toolUse.tools[0]?.parameters).toBe(parameters);
  const { toolUse } = toGenerationRequest(request, 'id', undefined, requestedTools?.toolUse);
  expect(toolUse).toBe(requestedTools?.toolUse);
});

const allowedA = (mode: string) => ({
  type: 'allowed_tools',
  allowed_tools: { mode, tools: [toTool('b'), toTool('b')] },
});

test.each<[object, object]>([
  [{}, { choice: 'auto', callableNames: ['a', 'b'], isParallel: true }],
  [
    { tool_choice: null, parallel_tool_calls: null },
    { choice: 'auto', isParallel: true },
  ],
  [{ tool_choice: 'none' }, { choice: 'none', callableNames: ['a', 'b'] }],
  [
    { tool_choice: 'auto', parallel_tool_calls: true },
    { choice: 'auto', isParallel: true },
  ],
  [
    { tool_choice: 'required', parallel_tool_calls: false },
    { choice: 'required', isParallel: false },
  ],
  [{ tool_choice: toTool('b') }, { choice: 'required', callableNames: ['b'], isParallel: false }],
  [{ tool_choice: allowedA('auto') }, { choice: 'auto', callableNames: ['b'], isParallel: true }],
  [{ tool_choice: allowedA('required') }, { choice: 'required', callableNames: ['b'], isParallel: true }],
])('%j of two tools', (fields, expected) => {
  expect(parse({ tools, ...fields }).requestedTools?.toolUse).toMatchObject(expected);
});

test.each<[object, object]>([
  [{}, { choice: 'auto', callableNames: ['a', 'b'] }],
  [{ function_call: 'auto' }, { choice: 'auto' }],
  [{ function_call: 'none' }, { choice: 'none' }],
  [{ function_call: { name: 'b' } }, { choice: 'required', callableNames: ['b'] }],
])('%j of two deprecated functions', (fields, expected) => {
  const functions = [{ name: 'a' }, { name: 'b', parameters: {} }];
  const { requestedTools } = parse({ functions, ...fields });
  expect(requestedTools).toMatchObject({
    toolUse: { ...expected, isParallel: false },
    params: ['functions[0].parameters', 'functions[1].parameters'],
    isDeprecatedForm: true,
  });
});

test.each([
  {},
  { tools: [] },
  { tools: null, tool_choice: null, functions: null, function_call: null },
  { tools: [], functions: [] },
  { parallel_tool_calls: true },
  { parallel_tool_calls: false },
])('%j means no tools', (fields) => {
  const { requestedTools, ignoredParameters } = parse(fields);
  expect(requestedTools).toBeUndefined();
  expect(ignoredParameters).toEqual([]);
});

test.each<[object, string[]]>([
  [{ tool_choice: 'none' }, ['tool_choice']],
  [{ tool_choice: 'auto', tools: [] }, ['tool_choice']],
  [{ tool_choice: 'none', tools: null, functions: [] }, ['tool_choice']],
  [{ function_call: 'auto' }, ['function_call']],
  [{ function_call: 'none', functions: [] }, ['function_call']],
])('%j asks for no call, and is named', (fields, names) => {
  const { requestedTools, ignoredParameters } = parse(fields);
  expect(requestedTools).toBeUndefined();
  expect(ignoredParameters).toEqual(names);
});

test('as many tools as there may be', () => {
  const many = Array.from({ length: toolsMax }, (_, index) => toTool(`t${index}`));
  expect(parse({ tools: many }).requestedTools?.toolUse.tools).toHaveLength(toolsMax);
});

describe('refuses', () => {
  test.each<[object, string, string]>([
    [{ tools: {} }, 'invalid_type', 'tools'],
    [{ tools: Array(toolsMax + 1).fill(a) }, 'array_above_max_length', 'tools'],
    [{ tools: [1] }, 'invalid_type', 'tools[0]'],
    [{ tools: [{ function: { name: 'a' } }] }, 'missing_required_parameter', 'tools[0].type'],
    [{ tools: [{ type: 'function' }] }, 'missing_required_parameter', 'tools[0].function'],
    [{ tools: [{ type: 'custom', custom: { name: 'a' } }] }, 'unsupported_value', 'tools[0].type'],
    [{ tools: [a, { type: 'web_search' }] }, 'unsupported_value', 'tools[1].type'],
    [{ tools: [toTool('')] }, 'invalid_value', 'tools[0].function.name'],
    [{ tools: [toTool('a b')] }, 'invalid_value', 'tools[0].function.name'],
    [{ tools: [toTool('a'.repeat(65))] }, 'invalid_value', 'tools[0].function.name'],
    [{ tools: [a, b, toTool('a')] }, 'invalid_value', 'tools[2].function.name'],
    [{ tools: [toTool('a', { parameters: [] })] }, 'invalid_type', 'tools[0].function.parameters'],
    [{ tools: [toTool('a', { parameters: '{}' })] }, 'invalid_type', 'tools[0].function.parameters'],
    [{ tools: [toTool('a', { strict: 'yes' })] }, 'invalid_type', 'tools[0].function.strict'],
    [
      { tools: [toTool('a', { description: 'd'.repeat(toolDescriptionCharactersMax + 1) })] },
      'string_above_max_length',
      'tools[0].function.description',
    ],
    [{ tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
    [{ tool_choice: 'required', tools: [] }, 'invalid_value', 'tool_choice'],
    [{ tool_choice: 'none', functions: [{ name: 'a' }] }, 'invalid_value', 'tool_choice'],
    [{ tool_choice: toTool('a') }, 'invalid_value', 'tool_choice'],
    [{ tools, tool_choice: 'any' }, 'unsupported_value', 'tool_choice'],
    [{ tools, tool_choice: 4 }, 'invalid_type', 'tool_choice'],
    [
      { tools, tool_choice: { type: 'custom', custom: { name: 'a' } } },
      'unsupported_value',
      'tool_choice.type',
    ],
    [{ tools, tool_choice: { type: 'function' } }, 'missing_required_parameter', 'tool_choice.function'],
    [{ tools, tool_choice: toTool('c') }, 'invalid_value', 'tool_choice.function.name'],
    [
      { tools, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'none', tools } } },
      'unsupported_value',
      'tool_choice.allowed_tools.mode',
    ],
    [
      { tools, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
      'empty_array',
      'tool_choice.allowed_tools.tools',
    ],
    [
      {
        tools,
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [a, toTool('c')] } },
      },
      'invalid_value',
      'tool_choice.allowed_tools.tools[1].function.name',
    ],
    [{ tools, parallel_tool_calls: 'no' }, 'invalid_type', 'parallel_tool_calls'],
    [{ tools, functions: [{ name: 'a' }] }, 'invalid_value', 'functions'],
    [{ tools, function_call: 'auto' }, 'invalid_value', 'function_call'],
    [{ function_call: { name: 'a' } }, 'invalid_value', 'function_call'],
    [{ functions: [{ name: 'a' }], tool_choice: 'auto' }, 'invalid_value', 'tool_choice'],
    [{ functions: [{ name: 'a' }], parallel_tool_calls: true }, 'invalid_value', 'parallel_tool_calls'],
    [{ functions: [{ name: 'a' }, { name: 'a' }] }, 'invalid_value', 'functions[1].name'],
    [{ functions: [{ name: 'a' }], function_call: { name: 'b' } }, 'invalid_value', 'function_call.name'],
    [{ functions: [{ name: 'a' }], function_call: 'required' }, 'unsupported_value', 'function_call'],
  ])('%j', (fields, code, param) => {
    expect(refusalOf(fields)).toMatchObject({ code, param });
  });

  const called = { role: 'assistant', content: null, tool_calls: toCalls('1') };
  test.each<[readonly object[], string, string]>([
    [[{ role: 'assistant', tool_calls: [{}] }], 'missing_required_parameter', 'messages[1].tool_calls[0].id'],
    [
      [{ role: 'assistant', tool_calls: [{ id: '1', type: 'custom', custom: {} }] }],
      'unsupported_value',
      'messages[1].tool_calls[0].type',
    ],
    [
      [{ role: 'assistant', tool_calls: [{ ...toCalls('1')[0], function: { name: 'a', arguments: {} } }] }],
      'invalid_type',
      'messages[1].tool_calls[0].function.arguments',
    ],
    [[{ role: 'assistant', tool_calls: [] }], 'missing_required_parameter', 'messages[1].content'],
    [
      [{ role: 'assistant', function_call: { name: 'a' } }],
      'missing_required_parameter',
      'messages[1].function_call.arguments',
    ],
    [[{ role: 'tool', content: 'a' }], 'missing_required_parameter', 'messages[1].tool_call_id'],
    [[called, { role: 'tool', tool_call_id: '1' }], 'missing_required_parameter', 'messages[2].content'],
    [[{ role: 'tool', content: 'a', tool_call_id: '1' }, called], 'invalid_value', 'messages[1].role'],
    [
      [called, { role: 'tool', content: 'a', tool_call_id: '2' }],
      'invalid_value',
      'messages[2].tool_call_id',
    ],
    [[called, { role: 'function', content: 'a', name: 'of-1' }], 'invalid_value', 'messages[2].role'],
  ])('the messages %j', (messages, code, param) => {
    expect(refusalOf({ messages: [user, ...messages] })).toMatchObject({ code, param });
  });

  test("in OpenAI's sentences", () => {
    expect(refusalOf({ tool_choice: 'required' }).message).toBe(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    );
    const result = { role: 'tool', content: 'a', tool_call_id: '2' };
    expect(refusalOf({ messages: [user, result] }).message).toBe(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    );
    expect(refusalOf({ messages: [user, called, result] }).message).toBe(
      "Invalid parameter: 'tool_call_id' of '2' not found in 'tool_calls' of previous message.",
    );
  });
});

describe('the conversation', () => {
  test('has calls and their results', () => {
    expect(
      readMessages(
        { role: 'assistant', content: null, tool_calls: toCalls('1', '2') },
        { role: 'tool', content: 'r2', tool_call_id: '2' },
        {
          role: 'tool',
          content: [
            { type: 'text', text: 'r' },
            { type: 'text', text: '1' },
          ],
          tool_call_id: '1',
        },
        { role: 'assistant', content: 'text too', tool_calls: toCalls('3') },
        { role: 'tool', content: '', tool_call_id: '3' },
        { role: 'tool', content: 'again', tool_call_id: '1' },
      ),
    ).toEqual([
      {
        role: 'assistant',
        content: textContent(''),
        toolCalls: [
          { id: '1', name: 'of-1', argumentsText: '{}' },
          { id: '2', name: 'of-2', argumentsText: '{}' },
        ],
      },
      { role: 'tool', content: textContent('r2'), toolCallId: '2' },
      { role: 'tool', content: [...textContent('r'), ...textContent('1')], toolCallId: '1' },
      {
        role: 'assistant',
        content: textContent('text too'),
        toolCalls: [{ id: '3', name: 'of-3', argumentsText: '{}' }],
      },
      { role: 'tool', content: textContent(''), toolCallId: '3' },
      { role: 'tool', content: textContent('again'), toolCallId: '1' },
    ]);
  });

  test('has deprecated calls, each with the result that follows it', () => {
    const call = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } };
    const result = { role: 'function', name: 'f', content: 'r' };
    const [first, ofFirst, second, ofSecond] = readMessages(call, result, call, { ...result, content: null });
    expect(first?.toolCalls).toEqual([{ id: ofFirst?.toolCallId, name: 'f', argumentsText: '{"a":1}' }]);
    expect(second?.toolCalls?.[0]?.id).toBe(ofSecond?.toolCallId);
    expect(ofFirst).toMatchObject({ role: 'tool', content: textContent('r') });
    expect(ofSecond).toMatchObject({ role: 'tool', content: textContent('') });
    expect(ofSecond?.toolCallId).not.toBe(ofFirst?.toolCallId);
  });
});

test('fields that change nothing are named, those of a call only once', () => {
  const call = { ...toCalls('1')[0], index: 0, extra: 1 };
  const body = {
    tools: [{ ...toTool('a', { colour: 1 }), cache_control: {} }],
    messages: [
      user,
      { role: 'assistant', content: null, tool_calls: [call, { ...call, id: '2' }] },
      { role: 'tool', content: 'a', tool_call_id: '1', name: 'a' },
    ],
  };
  expect(parse(body).ignoredParameters).toEqual([
    'tools[0].cache_control',
    'tools[0].function.colour',
    'messages[1].tool_calls[0].extra',
    'messages[2].name',
  ]);
  expect(parse({ functions: [{ name: 'a', strict: true }] }).ignoredParameters).toEqual([
    'functions[0].strict',
  ]);
});
