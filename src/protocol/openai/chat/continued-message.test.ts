import { describe, expect, test } from 'vitest';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';
import { toGenerationRequest } from './to-generation-request.ts';

const user = { role: 'user', content: 'Hello' };
const begun = { role: 'assistant', content: 'Once' };
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
const tools = [{ type: 'function', function: { name: 'f' } }];

function isContinued(body: object): boolean {
  const { request } = parseChatCompletionRequest({ model: 'm', ...body }, { strict: true });
  return toGenerationRequest(request, 'a').continuesLastMessage;
}

describe('the last message', () => {
  test.each([
    { messages: [user, begun], continue_final_message: true },
    { messages: [user, begun], continue_final_message: true, add_generation_prompt: false },
    { messages: [user, { ...begun, prefix: true }] },
    { messages: [user, { ...begun, prefix: true }], continue_final_message: true },
    { messages: [user, { ...begun, content: '' }], continue_final_message: true },
    { messages: [user, begun], continue_final_message: true, tools },
    { messages: [user, begun], continue_final_message: true, response_format: { type: 'json_object' } },
  ])('is continued by %j', (body) => {
    expect(isContinued(body)).toBe(true);
  });

  test.each([
    { messages: [user, begun] },
    { messages: [user, { ...begun, prefix: false }], continue_final_message: null },
    { messages: [user, begun], add_generation_prompt: true },
    { messages: [user], continue_final_message: false },
    { messages: [user, { ...begun, prefix: null }, user] },
  ])('is not by %j', (body) => {
    expect(isContinued(body)).toBe(false);
  });

  test.each<[string, object]>([
    ['continue_final_message', { messages: [user], continue_final_message: true }],
    ['continue_final_message', { messages: [begun, user], continue_final_message: true }],
    [
      'continue_final_message',
      { messages: [user, { ...begun, tool_calls: [call] }], continue_final_message: true },
    ],
    [
      'continue_final_message',
      { messages: [user, begun], continue_final_message: true, tools, tool_choice: 'required' },
    ],
    ['messages[0].prefix', { messages: [{ ...begun, prefix: true }, user] }],
    [
      'add_generation_prompt',
      { messages: [user, begun], continue_final_message: true, add_generation_prompt: true },
    ],
    ['add_generation_prompt', { messages: [user, { ...begun, prefix: true }], add_generation_prompt: true }],
    ['add_generation_prompt', { messages: [user, begun], add_generation_prompt: false }],
  ])('%s is refused in %j', (param, body) => {
    expect(() => isContinued(body)).toThrow(expect.objectContaining({ code: 'invalid_value', param }));
  });
});
