import { expect, test } from 'vitest';
import { toAnthropicErrorBody } from './error-body.ts';

test.each([
  [
    "This model's maximum context length is 10 tokens. However, your messages resulted in 20 tokens. Please reduce the length of the messages.",
    'prompt is too long: 20 tokens > 10 maximum',
  ],
  [
    "This model's maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens, which exceeds this limit even without any output tokens.",
    'prompt is too long: 2049 tokens > 2048 maximum',
  ],
  [
    'The request is too large for this model.',
    'prompt is too long: The request is too large for this model.',
  ],
])('%s', (message, expected) => {
  const code = 'context_length_exceeded';
  const parts = {
    type: 'invalid_request_error',
    message,
    code,
    param: 'messages',
    requestId: 'req_1',
  } as const;
  expect(toAnthropicErrorBody(parts)).toEqual({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message: expected,
      details: { error_code: code, param: 'messages' },
    },
    request_id: 'req_1',
  });
});
