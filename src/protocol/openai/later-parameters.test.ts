import { expect, test } from 'vitest';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';
import { findLaterParameters, isLaterParameter } from './later-parameters.ts';

test.each<[string, unknown]>([
  ['store', false],
  ['modalities', ['text']],
])('%s %j changes nothing and is accepted', (name, value) => {
  expect(findLaterParameters({ [name]: value })).toEqual([]);
});

test.each<[string, unknown]>([
  ['modalities', ['text', 'audio']],
  ['audio', {}],
  ['prediction', {}],
  ['web_search_options', {}],
  ['verbosity', 'low'],
  ['guided_whitespace_pattern', ' '],
  ['best_of', 2],
  ['echo', true],
])('%s %j is refused by name', (name, value) => {
  expect(findLaterParameters({ [name]: value })).toMatchObject([
    { code: 'unsupported_parameter', param: name },
  ]);
});

test('the fields of stream_options have a table of their own', () => {
  expect(findLaterParameters({ stream_options: { continuous_usage_stats: true } })).toMatchObject([
    { code: 'unsupported_parameter', param: 'stream_options.continuous_usage_stats' },
  ]);
  expect(findLaterParameters({ stream_options: { continuous_usage_stats: false } })).toEqual([]);
});

test('so have the fields of structured_outputs', () => {
  const structured_outputs = { json_object: true, structural_tag: '{}', disable_fallback: true };
  expect(findLaterParameters({ structured_outputs })).toMatchObject([
    { code: 'unsupported_parameter', param: 'structured_outputs.structural_tag' },
  ]);
});

test('no parameter is both honoured and in the table', () => {
  expect(Object.keys(chatCompletionRequestSchema.shape).filter(isLaterParameter)).toEqual([]);
});
