import { describe, expect, test } from 'vitest';
import {
  recordedErrors,
  recordedOverflows,
  toOpenAiError,
} from '../../../../test/recorded-upstream-errors.ts';
import type { BackendErrorCode } from '../../../backend/backend-error.ts';
import { isLengthRefused, readUpstreamError, readUpstreamFailure } from './read-upstream-error.ts';

const chat = { promptKind: 'chat' } as const;

function read(status: number, body: unknown, headers: Record<string, string> = {}) {
  const bodyText = typeof body === 'string' ? body : JSON.stringify(body);
  return readUpstreamError({ status, headers, bodyText }, chat, Date.parse('2026-01-01T00:00:00Z'));
}

describe('the code of', () => {
  test.each(recordedErrors)('%s (%d)', (_, status, body, code) => {
    expect(read(status, body).code).toBe(code);
  });
});

describe('a prompt that is too long', () => {
  test.each(recordedOverflows)('%s', (_, status, body, sentence) => {
    const error = read(status, body);
    expect(error.code).toBe('context_length_exceeded');
    expect(error.message).toContain(sentence);
    expect(error.message).toContain('Please reduce the length of the messages.');
    expect(error.isRetryable).toBe(false);
  });

  test('has the known length where the upstream does not say it', () => {
    const answer = {
      status: 400,
      headers: {},
      bodyText: JSON.stringify(toOpenAiError('too long', 'x', 'context_length_exceeded')),
    };
    const error = readUpstreamError(answer, { promptKind: 'text', contextLength: 4096 });
    expect(error.message).toBe(
      "This model's maximum context length is 4096 tokens. However, your prompt resulted in more tokens. Please reduce the length of the prompt.",
    );
  });
});

describe('a limit of the answer that is too large', () => {
  test.each<[string, boolean]>([
    [
      'max_tokens=4000 cannot be greater than max_model_len=2048. Please request fewer output tokens. (parameter=max_tokens, value=4000)',
      true,
    ],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 2040. This model's maximum context length is 2048 tokens and your request has 32 input tokens (2040 > 2048 - 32).",
      true,
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 4500 tokens (500 in the messages, 4000 in the completion). Please reduce the length of the messages or completion.",
      true,
    ],
    [
      'max_tokens is too large: 200000. This model supports at most 16384 completion tokens, whereas you provided 200000.',
      true,
    ],
    [
      "Requested token count exceeds the model's maximum context length of 131072 tokens. You requested a total of 140000 tokens: 40000 tokens from the input messages and 100000 tokens for the completion.",
      true,
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 5400 tokens (5000 in the messages, 400 in the completion).",
      false,
    ],
    [
      "This model's maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens",
      false,
    ],
    ['temperature must be non-negative', false],
  ])('%s', (message, isRefused) => {
    const bodyText = JSON.stringify(toOpenAiError(message, 'BadRequestError'));
    expect(isLengthRefused({ status: 400, headers: {}, bodyText })).toBe(isRefused);
    if (isRefused) expect(read(400, bodyText).code).not.toBe('context_length_exceeded');
  });
});

describe('when to try again', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1_500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    // The older forms of a date, of which one does not say that it is in UTC.
    [{ 'retry-after': 'Thursday, 01-Jan-26 00:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Thu Jan  1 00:00:07 2026' }, 7_000],
    [{ 'retry-after': '999999999' }, 3_600_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{}, undefined],
  ])('%j', (headers, retryAfterMs) => {
    expect(read(429, toOpenAiError('slow down', 'requests'), headers).retryAfterMs).toBe(retryAfterMs);
    expect(read(503, '', headers).retryAfterMs).toBe(retryAfterMs);
  });

  test.each([
    ['Please try again in 7.66s.', 7_660],
    ['Please try again in 86ms.', 86],
    ['Please try again in 6m0s.', 360_000],
    ['Used 3. Please try again in 1m30.5s. Visit the console for more.', 90_500],
    ['Please try again in 1h12m28.8s.', 3_600_000],
    ['Please retry after 26 seconds.', 26_000],
    ['Try again in 1 minute and 5 seconds', 65_000],
    ['Please retry in 2 hours', 3_600_000],
    ['Please try again in 500 milliseconds', 500],
    ['Please try again in 5 moments.', undefined],
    ['Please try again in 5.', undefined],
    ['Please try again later.', undefined],
  ])('the sentence says it: %s', (sentence, retryAfterMs) => {
    expect(read(429, toOpenAiError(sentence, 'tokens')).retryAfterMs).toBe(retryAfterMs);
  });
});

describe('what a client is shown', () => {
  test.each([
    ['see http://10.0.0.7:8000/v1 for more', 'see … for more'],
    ['no route to 10.0.0.7:8000', 'no route to …'],
    ['key sk-proj-abc123DEF456 is wrong', 'key … is wrong'],
    ['Authorization: Bearer abc.def', 'Authorization: …'],
    ['in /usr/lib/python3/site.py', 'in …'],
    ['C:\\models\\llama\\x.gguf is gone', '… is gone'],
    ['first line\nTraceback (most recent call last)', 'first line'],
    ['temperature must be <= 2, got 3.5', 'temperature must be <= 2, got 3.5'],
  ])('%s', (message, shown) => {
    expect(read(400, toOpenAiError(message, 'x')).message).toBe(`The upstream refused the request: ${shown}`);
  });

  test('is short', () => {
    expect(read(400, toOpenAiError('so long '.repeat(1_000), 'x')).message.length).toBeLessThan(260);
  });

  const secrets: readonly (readonly [string, string])[] = [
    ['a key', 'sk-proj-abcdefghijkl0123456789'],
    ['a token', `Bearer ${'c0ffee'.repeat(12)}`],
    ['a digest', 'c0ffee'.repeat(12)],
  ];
  const bodies: readonly (readonly [string, (text: string) => string, number])[] = [
    ['an object', (text) => JSON.stringify(toOpenAiError(text, 'x')), 4_096],
    ['plain text', (text) => text, 4_096],
    ['a body behind blanks', (text) => `${' '.repeat(65_536 - 3_900)}${text}`, 3_900],
  ];
  test.each(
    bodies.flatMap(([form, toBody, cutAt]) =>
      secrets.map(([kind, secret]) => ({ form, kind, secret, toBody, cutAt })),
    ),
  )('and the log never hold a part of $kind, wherever $form is cut', ({ secret, toBody, cutAt }) => {
    const cuts = Array.from({ length: 110 }, (_, index) => cutAt - 105 + index);
    for (const before of cuts) {
      // Nothing of the blanks stays, so that the cut of the body is near the end of the sentence.
      const bodyText = toBody(`x${' '.repeat(before - 3)}y ${secret} and more`);
      const error = readUpstreamError({ status: 400, headers: {}, bodyText }, { promptKind: 'chat' });
      expect(`${error.message} ${String(error.cause)}`).not.toMatch(/sk-p|c0f/);
    }
  });

  test('says nothing of our key, and the log does not hold it', () => {
    const error = read(
      401,
      toOpenAiError('Incorrect API key provided: sk-abcd1234efgh.', 'x', 'invalid_api_key'),
    );
    expect(error.message).toBe(
      'The upstream refused the access of this server, which its operator has to mend.',
    );
    expect(String(error.cause)).toContain('401: Incorrect API key provided');
    expect(String(error.cause)).not.toContain('abcd1234');
  });
});

describe('an error in a 200', () => {
  test.each<[unknown, BackendErrorCode]>([
    [{ error: { message: 'mock failure', type: 'server_error', code: null } }, 'upstream_error'],
    [{ error: { message: 'busy', type: 'overloaded_error' } }, 'overloaded'],
    [{ error: { message: 'slow', code: 'rate_limit_exceeded' } }, 'rate_limited'],
    [{ error: { message: 'x', type: 'BadRequestError', code: 400 } }, 'invalid_request'],
    [
      { object: 'error', message: 'The engine died.', type: 'InternalServerError', code: 500 },
      'upstream_error',
    ],
    [{ error: 'an error was encountered while running the model', status: 503 }, 'overloaded'],
    [
      { error: { code: 400, message: 'request (3 tokens) exceeds the available context size (2 tokens)' } },
      'context_length_exceeded',
    ],
    [{ detail: 'Internal Server Error' }, 'upstream_error'],
  ])('%j', (body, code) => {
    expect(readUpstreamFailure(body, chat).code).toBe(code);
  });
});

describe('a server without the endpoint', () => {
  const embed = { promptKind: 'text' } as const;
  const toCode = (status: number, bodyText: string) =>
    readUpstreamError({ status, headers: {}, bodyText }, embed).code;

  test.each([
    ['vLLM', 404, '{"detail":"Not Found"}'],
    ['llama-server', 404, '{"error":{"message":"File Not Found","type":"not_found_error","code":404}}'],
    ['Ollama', 404, '404 page not found'],
    [
      'Gravix',
      400,
      '{"error":{"message":"No.","type":"invalid_request_error","param":"model","code":"unsupported_model"}}',
    ],
  ])('%s does not support it with this model', (_, status, bodyText) => {
    expect(toCode(status, bodyText)).toBe('unsupported_model');
  });

  test('has another fault if it names the model, or if not even chats are there', () => {
    const message = 'The model `x` does not exist.';
    expect(toCode(404, JSON.stringify({ error: { message } }))).toBe('upstream_error');
    expect(read(404, { detail: 'Not Found' }).code).toBe('upstream_error');
  });
});

test.each([
  [401, 'Unauthorized', true],
  [402, 'Pay.', true],
  [403, 'Forbidden', true],
  [404, 'The model `x` does not exist.', true],
  [400, 'Incorrect API key provided.', true],
  [429, 'Slow down.', false],
  [500, 'Broken.', false],
  [503, 'Busy.', false],
])('whether %d "%s" refuses our access', (status, message, isRefused) => {
  expect(read(status, { error: { message } }).isAccessRefused).toBe(isRefused);
});
