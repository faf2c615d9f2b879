import { describe, expect, test } from 'vitest';
import { createRequest } from '../../../../test/create-request.ts';
import { type GenerationRequest, neutralSampling } from '../../../backend/generation-request.ts';
import { textContent } from '../../../backend/message-content.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import { verbosityTexts } from '../../../backend/with-verbosity.ts';
import { type UpstreamKind, upstreamKinds } from '../../../upstream-rules/upstream-kinds.ts';
import { dialects } from './dialects.ts';
import {
  toUpstreamChatRequest,
  toUpstreamCompletionRequest,
  type UpstreamRequestForm,
} from './to-upstream-request.ts';

function toForm(kind: UpstreamKind, more: Partial<UpstreamRequestForm> = {}): UpstreamRequestForm {
  const dialect = dialects[kind];
  return { model: 'm', isStreamed: false, choiceCount: 1, dialect, passParameters: [], ...more };
}

function chat(kind: UpstreamKind, request: Partial<GenerationRequest>, more?: Partial<UpstreamRequestForm>) {
  return toUpstreamChatRequest(createRequest('Hello', request), toForm(kind, more));
}

test('the smallest request is small', () => {
  expect(
    chat('openai-compatible', { sampling: neutralSampling, openSampling: new Set(['temperature']) }),
  ).toEqual({
    model: 'm',
    messages: [{ role: 'user', content: 'Hello' }],
    top_p: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    max_tokens: 16,
  });
});

test('what the client left open is sent only where the settings of the model say something', () => {
  const openSampling = new Set(['temperature', 'topP', 'topK'] as const);
  const body = chat('vllm', { sampling: { ...neutralSampling, temperature: 0.6, topK: 20 }, openSampling });
  expect(body).toMatchObject({ temperature: 0.6, top_k: 20 });
  expect(body).not.toHaveProperty('top_p');
  expect(chat('openai', { sampling: { ...neutralSampling, topK: 20 }, openSampling })).not.toHaveProperty(
    'top_k',
  );
});

test('a verbosity is a field where the server has it, and a sentence elsewhere', () => {
  const said = [
    { role: 'system', content: verbosityTexts.low },
    { role: 'user', content: 'Hello' },
  ];
  for (const kind of upstreamKinds) {
    const { messages, verbosity } = chat(kind, { verbosity: 'low' });
    const hasField = kind === 'openai' || kind === 'gravix';
    expect([kind, verbosity, messages]).toEqual([
      kind,
      hasField ? 'low' : undefined,
      hasField ? said.slice(1) : said,
    ]);
    expect(chat(kind, {})['messages']).toEqual(said.slice(1));
  }
});

describe('the limit of tokens', () => {
  test.each<[UpstreamKind, string]>([
    ['vllm', 'max_completion_tokens'],
    ['openai', 'max_completion_tokens'],
    ['ollama', 'max_tokens'],
    ['llama-server', 'max_tokens'],
  ])('of %s is %s', (kind, field) => {
    expect(chat(kind, { maxTokens: 7 })[field]).toBe(7);
    expect(Object.keys(chat(kind, { maxTokens: 7 })).filter((name) => name.startsWith('max_'))).toEqual([
      field,
    ]);
  });

  test('is left out where the context is shorter, or the upstream refused it', () => {
    const field = 'max_completion_tokens';
    expect(chat('vllm', { maxTokens: 2047 }, { contextLength: 2048 })).toHaveProperty(field, 2047);
    expect(chat('vllm', { maxTokens: 2048 }, { contextLength: 2048 })).not.toHaveProperty(field);
    expect(chat('vllm', { maxTokens: 7 }, { isLengthOpen: true })).not.toHaveProperty(field);
  });
});

test('usage is asked for in each stream, and so far where the server tells it', () => {
  const stream = { isStreamed: true };
  expect(chat('ollama', {}, stream)).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  expect(chat('vllm', {}, stream)).toMatchObject({
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
  expect(chat('vllm', {})).not.toHaveProperty('stream');
});

test('fields of the client go through where they are listed, and never over ours', () => {
  const passedParameters = { top_a: 0.5, mood: 'good', model: 'other', stream: true };
  const body = chat('vllm', { passedParameters }, { passParameters: ['top_a', 'model', 'constructor'] });
  expect(body).toMatchObject({ top_a: 0.5, model: 'm' });
  for (const name of ['mood', 'stream']) expect(body).not.toHaveProperty(name);
  expect(Object.hasOwn(body, 'constructor')).toBe(false);
});

describe('tools', () => {
  const toTool = (name: string) => ({ name, description: undefined, parameters: undefined, isStrict: false });
  const use: ToolUse = {
    tools: [toTool('f'), toTool('g')],
    choice: 'required',
    callableNames: ['f'],
    isParallel: false,
  };
  const wire = (name: string, more: object = {}) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: {} }, ...more },
  });
  const strict = { strict: true };
  const named = { type: 'function', function: { name: 'f' } };

  test.each<[UpstreamKind, Partial<ToolUse>, object]>([
    ['vllm', {}, { tools: [wire('f', strict), wire('g', strict)], tool_choice: named }],
    [
      'vllm',
      { callableNames: ['f', 'g'], isParallel: true },
      { tools: [wire('f', strict), wire('g', strict)], tool_choice: 'required' },
    ],
    ['sglang', {}, { tools: [wire('f'), wire('g')], tool_choice: named }],
    ['llama-server', {}, { tools: [wire('f')], tool_choice: 'required', parallel_tool_calls: false }],
    ['ollama', {}, { tools: [wire('f')] }],
    ['ollama', { choice: 'none' }, {}],
    [
      'vllm',
      { choice: 'none' },
      { tools: [wire('f'), wire('g')], tool_choice: 'none', parallel_tool_calls: false },
    ],
    ['vllm', { choice: 'auto', isParallel: true }, { tools: [wire('f')] }],
    ['llama-server', { choice: 'auto', isParallel: true }, { tools: [wire('f')], parallel_tool_calls: true }],
  ])('of %s: %j', (kind, changes, fields) => {
    const { tools, tool_choice, parallel_tool_calls } = chat(kind, { toolUse: { ...use, ...changes } });
    expect({ tools, tool_choice, parallel_tool_calls }).toEqual(fields);
  });

  test('that a client sent as strict stay so where no others can', () => {
    const tools = [{ ...toTool('f'), isStrict: true }, toTool('g')];
    const body = chat('vllm', { toolUse: { ...use, tools } }, { areArgumentsFree: true });
    expect(body).toMatchObject({ tools: [wire('f', strict), wire('g')] });
    expect(JSON.stringify(body).match(/strict/g)).toHaveLength(1);
  });
});

test.each<[UpstreamKind, GenerationRequest['outputFormat'], object]>([
  ['vllm', { kind: 'pattern', pattern: 'a+' }, { structured_outputs: { regex: 'a+' } }],
  ['vllm', { kind: 'choice', choices: ['a'] }, { structured_outputs: { choice: ['a'] } }],
  ['sglang', { kind: 'pattern', pattern: 'a+' }, { regex: 'a+' }],
  ['sglang', { kind: 'grammar', grammar: 'root ::= "a"' }, { ebnf: 'root ::= "a"' }],
  ['llama-server', { kind: 'grammar', grammar: 'root ::= "a"' }, { grammar: 'root ::= "a"' }],
  ['ollama', { kind: 'json-object' }, { response_format: { type: 'json_object' } }],
])('a format of %s: %j', (kind, outputFormat, fields) => {
  expect(chat(kind, { outputFormat })).toMatchObject(fields);
});

test('several texts of a message are one where a server would make messages of them', () => {
  const content = [...textContent('a'), ...textContent('b')];
  const prompt = { kind: 'chat', messages: [{ role: 'user', content }] } as const;
  expect(chat('ollama', { prompt })['messages']).toEqual([{ role: 'user', content: 'a\nb' }]);
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ];
  expect(chat('vllm', { prompt })['messages']).toEqual([{ role: 'user', content: parts }]);
});

test('no token of reasoning is the effort none where there is no limit', () => {
  expect(chat('vllm', { reasoning: { effort: undefined, tokensMax: 0 } })).toMatchObject({
    reasoning_effort: 'none',
  });
  expect(chat('gravix', { reasoning: { effort: 'low', tokensMax: 9 } })).toMatchObject({
    reasoning_effort: 'low',
    reasoning_budget: 9,
  });
});

test('a text is echoed by the server or by us, and an answer without tokens needs an echo at some', () => {
  const complete = (kind: UpstreamKind, isEchoed: boolean, maxTokens: number) => {
    const prompt = { kind: 'text', text: 'a', isEchoed, suffix: undefined } as const;
    return toUpstreamCompletionRequest(createRequest('', { prompt, maxTokens }), toForm(kind));
  };
  expect(complete('vllm', true, 3)).toMatchObject({ prompt: 'a', echo: true, max_tokens: 3 });
  expect(complete('llama-server', true, 3)).not.toHaveProperty('echo');
  expect(complete('vllm', false, 0)).toMatchObject({ echo: true, max_tokens: 0 });
  expect(complete('llama-server', false, 0)).not.toHaveProperty('echo');
});
