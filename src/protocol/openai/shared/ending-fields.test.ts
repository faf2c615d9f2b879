import { describe, expect, test } from 'vitest';
import { parseChatCompletionRequest } from '../chat/parse-chat-completion-request.ts';
import { toGenerationRequest } from '../chat/to-generation-request.ts';

const tools = [{ type: 'function', function: { name: 'f' } }];
const response_format = { type: 'json_object' };

function read(body: object) {
  const messages = [{ role: 'user', content: 'Hello' }];
  const { request } = parseChatCompletionRequest({ model: 'm', messages, ...body }, { strict: true });
  return toGenerationRequest(request, 'a');
}

describe('what ends an answer', () => {
  test('arrives', () => {
    expect(read({ min_tokens: 3, ignore_eos: true, stop_token_ids: [0, 2] }).ending).toEqual({
      minTokens: 3,
      isEndBarred: true,
      stopTokens: [0, 2],
    });
    const nulls = { min_tokens: null, ignore_eos: null, stop_token_ids: null };
    expect(read(nulls)).toEqual(read({}));
    expect(read({ min_tokens: 5, max_tokens: 5 }).ending.minTokens).toBe(5);
    expect(read({ min_tokens: 5, tools, tool_choice: 'none' }).ending.minTokens).toBe(5);
    expect(read({ stop_token_ids: [7], response_format, tools }).ending.stopTokens).toEqual([7]);
    expect(read({ min_tokens: 0, ignore_eos: false, response_format, tools }).ending).toEqual(
      read({}).ending,
    );
  });

  test.each<[string, string, object]>([
    ['min_tokens', 'integer_below_min_value', { min_tokens: -1 }],
    ['min_tokens', 'invalid_type', { min_tokens: 1.5 }],
    ['min_tokens', 'invalid_value', { min_tokens: 6, max_completion_tokens: 5 }],
    ['min_tokens', 'unsupported_parameter', { min_tokens: 6, response_format }],
    ['min_tokens', 'unsupported_parameter', { min_tokens: 6, tools }],
    ['ignore_eos', 'unsupported_parameter', { ignore_eos: true, guided_regex: 'a' }],
    ['ignore_eos', 'invalid_type', { ignore_eos: 'yes' }],
    ['stop_token_ids[1]', 'integer_below_min_value', { stop_token_ids: [1, -1] }],
    ['stop_token_ids', 'array_above_max_length', { stop_token_ids: Array(129).fill(1) }],
  ])('%s is refused with %s in %j', (param, code, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ param, code }));
  });
});

describe('thoughts', () => {
  test.each<[object, object | undefined]>([
    [{}, undefined],
    [{ reasoning_effort: null, reasoning_budget: null }, undefined],
    [{ reasoning_budget: -1 }, undefined],
    [{ reasoning_budget: 0 }, { effort: undefined, tokensMax: 0 }],
    [{ reasoning_effort: 'none' }, { effort: 'none', tokensMax: undefined }],
    [
      { reasoning_effort: 'minimal', reasoning_budget: -1 },
      { effort: 'minimal', tokensMax: undefined },
    ],
    [
      { reasoning_effort: 'high', reasoning_budget: 9 },
      { effort: 'high', tokensMax: 9 },
    ],
  ])('%j is the limit %j', (body, limit) => {
    expect(read(body).reasoning).toEqual(limit);
  });

  test.each<[string, string, object]>([
    ['reasoning_effort', 'unsupported_value', { reasoning_effort: 'extreme' }],
    ['reasoning_effort', 'invalid_type', { reasoning_effort: 3 }],
    ['reasoning_budget', 'integer_below_min_value', { reasoning_budget: -2 }],
    ['reasoning_budget', 'invalid_type', { reasoning_budget: 'all' }],
    ['chat_template_kwargs', 'invalid_type', { chat_template_kwargs: [] }],
    ['chat_template_kwargs', 'invalid_value', { chat_template_kwargs: { messages: [] } }],
  ])('%s is refused with %s in %j', (param, code, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ param, code }));
  });

  test('variables arrive as they came', () => {
    const chat_template_kwargs = { enable_thinking: false, a: { b: [1, null] } };
    expect(read({ chat_template_kwargs }).templateVariables).toEqual(chat_template_kwargs);
    expect(read({ chat_template_kwargs: null }).templateVariables).toEqual({});
  });
});
