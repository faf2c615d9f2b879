import { expect, test } from 'vitest';
import { RequestError } from '../shared/error.ts';
import {
  findIgnoredParameters,
  ignoredParameterCharactersMax,
  ignoredParametersMax,
} from './find-ignored-parameters.ts';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';

const least = { model: 'm', messages: [{ role: 'user', content: 'a' }] };

test('unknown fields are accepted and named, wherever they stand', () => {
  const body = {
    ...least,
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }], name: 'bob', mood: 1 },
      { role: 'user', content: 'b', name: 'bob', mood: 2 },
      { role: 'assistant', content: 'c', thought: 'd', annotations: [], audio: null },
    ],
    stream: true,
    stream_options: { include_usage: true, colour: 1 },
    future: 1,
    n: 1,
    user: 'a',
    prompt_cache_key: 'b',
    safety_identifier: 'c',
    metadata: { a: 'b' },
    service_tier: 'auto',
  };
  expect(parseChatCompletionRequest(body, { strict: false }).ignoredParameters).toEqual([
    'future',
    'metadata',
    'stream_options.colour',
    'messages[0].name',
    'messages[0].mood',
    'messages[0].content[0].cache_control',
    'messages[2].thought',
  ]);
});

test('names that JavaScript objects have by nature are unknown like any other', () => {
  const body = JSON.parse('{"__proto__":{"n":2},"constructor":1,"toString":2}');
  expect(findIgnoredParameters(body)).toEqual(['__proto__', 'constructor', 'toString']);
});

test('what is empty says nothing and is not named', () => {
  const empty = { metadata: {}, safety_identifier: null, user: null };
  expect(parseChatCompletionRequest({ ...least, ...empty }, { strict: true }).ignoredParameters).toEqual([]);
});

test('the list is bounded and safe in a header', () => {
  const hostile = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`${index}\r\nset-cookie: a, ü${'x'.repeat(200)}`, 1]),
  );
  const names = findIgnoredParameters(hostile);
  expect(names).toHaveLength(ignoredParametersMax);
  for (const name of names) {
    expect(name).toMatch(/^[\w.[\]-]+$/);
    expect(name.length).toBeLessThanOrEqual(ignoredParameterCharactersMax);
  }
});

test.each<[object, string]>([
  [{ future: 1 }, 'future'],
  [{ messages: [{ role: 'user', content: 'a', mood: 1 }] }, 'messages[0].mood'],
])('%j is refused in strict mode', (fields, param) => {
  const parse = () => parseChatCompletionRequest({ ...least, ...fields }, { strict: true });
  expect(parse).toThrow(RequestError);
  expect(parse).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
});
