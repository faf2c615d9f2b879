import { expect, test } from 'vitest';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';
import { findUnsupportedParameters, isUnsupportedParameter } from './unsupported-parameters.ts';

test.each<[string, unknown]>([
  ['store', false],
  ['modalities', ['text']],
  ['skip_special_tokens', true],
  ['mirostat', 0],
  ['reasoning_format', 'auto'],
])('%s %j changes nothing and is accepted', (name, value) => {
  expect(findUnsupportedParameters({ [name]: value })).toEqual([]);
});

test.each<[string, unknown]>([
  ['modalities', ['text', 'audio']],
  ['audio', {}],
  ['web_search_options', {}],
  ['guided_whitespace_pattern', ' '],
  ['best_of', 2],
  ['echo', true],
  ['bad_words', ['France']],
  ['allowed_token_ids', [1]],
  ['include_stop_str_in_output', true],
  ['truncate_prompt_tokens', 5],
  ['n_predict', 5],
  ['typical_p', 0.5],
  ['mirostat', 2],
  ['dry_multiplier', 0.8],
  ['xtc_probability', 0.5],
  ['samplers', ['top_k']],
  ['reasoning_format', 'none'],
])('%s %j is refused by name', (name, value) => {
  expect(findUnsupportedParameters({ [name]: value })).toMatchObject([
    { code: 'unsupported_parameter', param: name },
  ]);
});

test('the fields of structured_outputs have a table of their own', () => {
  const structured_outputs = { json_object: true, structural_tag: '{}', disable_fallback: true };
  expect(findUnsupportedParameters({ structured_outputs })).toMatchObject([
    { code: 'unsupported_parameter', param: 'structured_outputs.structural_tag' },
  ]);
});

test('no parameter is both honoured and in the table', () => {
  expect(Object.keys(chatCompletionRequestSchema.shape).filter(isUnsupportedParameter)).toEqual([]);
});
