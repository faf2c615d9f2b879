import { describe, expect, test } from 'vitest';
import { identifierCharactersMax } from '../shared/client-fields.ts';
import { RequestError } from '../shared/error.ts';
import { logitBiasEntriesMax } from '../shared/logit-bias.ts';
import { topKMax } from '../shared/sampling-fields.ts';
import { messagesMax, modelNameCharactersMax, stopSequenceCharactersMax } from './chat-completion-request.ts';
import { contentPartsMax, participantNameCharactersMax } from './chat-message.ts';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';

const hello = { role: 'user', content: 'Hello' };
const least = { model: 'm', messages: [hello] };

function parse(fields: object, strict = false) {
  return parseChatCompletionRequest({ ...least, ...fields }, { strict });
}

function refusalOf(body: unknown, strict = false): RequestError {
  try {
    parseChatCompletionRequest(body, { strict });
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('The body was accepted.');
}

function toBiases(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, id) => [id, 1]));
}

/** What JSON.parse makes of a number too large for it. */
const tooLarge: unknown = JSON.parse('1e400');

describe('accepts', () => {
  test.each<[string, object]>([
    ['the least request', {}],
    ['temperature at both ends', { temperature: 0 }],
    ['temperature 2', { temperature: 2 }],
    ['top_p 0', { top_p: 0 }],
    ['top_p 1', { top_p: 1 }],
    ['top_k off', { top_k: -1 }],
    ['top_k 1', { top_k: 1 }],
    ['a huge top_k', { top_k: topKMax }],
    ['min_p at both ends', { min_p: 0 }],
    ['min_p 1', { min_p: 1 }],
    ['the highest penalties', { frequency_penalty: 2, presence_penalty: 2, repetition_penalty: 2 }],
    ['the lowest penalties', { frequency_penalty: -2, presence_penalty: -2, repetition_penalty: 0.001 }],
    ['both names of a penalty when they agree', { repetition_penalty: 1.1, repeat_penalty: 1.1 }],
    ['no biases', { logit_bias: {} }],
    ['biases at both ends', { logit_bias: { 0: -100, 50256: 100 } }],
    ['logitBiasEntriesMax biases', { logit_bias: toBiases(logitBiasEntriesMax) }],
    ['logprobs', { logprobs: true }],
    ['20 top_logprobs', { logprobs: true, top_logprobs: 20 }],
    ['no top_logprobs', { logprobs: false, top_logprobs: 0 }],
    ['sixteen choices', { n: 16 }],
    ['a user and keys', { user: 'a', prompt_cache_key: 'b', safety_identifier: 'c' }],
    ['the longest user', { user: 'a'.repeat(identifierCharactersMax) }],
    ['metadata', { metadata: { a: 'b', ['k'.repeat(64)]: 'v'.repeat(512) } }],
    ['either tier', { service_tier: 'auto' }],
    ['the default tier', { service_tier: 'default' }],
    ['another tier', { service_tier: 'flex' }],
    ['the highest effort', { reasoning_effort: 'max' }],
    ['what the cache does not need', { prompt_cache_options: { mode: 'explicit', ttl: '30m' } }],
    ['how long the cache lasts', { prompt_cache_retention: '24h' }],
    ['seed 0', { seed: 0 }],
    ['a negative seed', { seed: -5 }],
    ['the largest safe seed', { seed: Number.MAX_SAFE_INTEGER }],
    ['one stop sequence', { stop: 'a' }],
    ['sixteen stop sequences', { stop: Array(16).fill('a') }],
    ['no stop sequences', { stop: [] }],
    ['the longest stop sequence', { stop: 'a'.repeat(stopSequenceCharactersMax) }],
    ['max_tokens 1', { max_tokens: 1 }],
    ['a whole number written as a decimal', JSON.parse('{"max_tokens": 4.0}')],
    ['max_tokens far above any context', { max_tokens: 10_000_000 }],
    ['both names of the token limit when they agree', { max_tokens: 5, max_completion_tokens: 5 }],
    ['both names when one is null', { max_tokens: null, max_completion_tokens: 5 }],
    ['stream false', { stream: false }],
    ['stream_options with stream', { stream: true, stream_options: { include_usage: true } }],
    ['stream_options null without stream', { stream_options: null }],
    ['messagesMax messages', { messages: Array(messagesMax).fill(hello) }],
    ['an empty content', { messages: [{ role: 'user', content: '' }] }],
    ['a name', { messages: [{ ...hello, name: 'bob' }] }],
    [
      'every role',
      {
        messages: ['system', 'developer', 'user', 'assistant'].map((role) => ({
          role,
          content: [{ type: 'text', text: 'a' }],
        })),
      },
    ],
    [
      'an assistant refusal without content',
      { messages: [{ role: 'assistant', content: null, refusal: 'no' }] },
    ],
    ['a refusal part', { messages: [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] }] }],
  ])('%s', (_name, fields) => {
    expect(parse(fields).request).toEqual({ ...least, ...fields });
  });

  test('null for every nullable field', () => {
    const nulls = {
      temperature: null,
      top_p: null,
      seed: null,
      stop: null,
      max_tokens: null,
      max_completion_tokens: null,
      stream: null,
      stream_options: null,
    };
    expect(parse(nulls, true).request).toEqual({ ...least, ...nulls });
  });

  test('the assistant message of an official SDK, sent back whole', () => {
    const answer = {
      role: 'assistant',
      content: 'Hi',
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
      tool_calls: null,
    };
    expect(parse({ messages: [hello, answer, hello] }, true).ignoredParameters).toEqual([]);
  });
});

describe('refuses', () => {
  test.each<[object, string, string]>([
    [{ model: undefined }, 'missing_required_parameter', 'model'],
    [{ model: null }, 'invalid_type', 'model'],
    [{ model: 4 }, 'invalid_type', 'model'],
    [{ model: '' }, 'empty_string', 'model'],
    [{ model: 'a'.repeat(modelNameCharactersMax + 1) }, 'string_above_max_length', 'model'],
    [{ messages: undefined }, 'missing_required_parameter', 'messages'],
    [{ messages: null }, 'invalid_type', 'messages'],
    [{ messages: 'Hello' }, 'invalid_type', 'messages'],
    [{ messages: hello }, 'invalid_type', 'messages'],
    [{ messages: [] }, 'empty_array', 'messages'],
    [{ messages: Array(messagesMax + 1).fill(hello) }, 'array_above_max_length', 'messages'],
    [{ temperature: '1' }, 'invalid_type', 'temperature'],
    [{ temperature: [1] }, 'invalid_type', 'temperature'],
    [{ temperature: Number.NaN }, 'invalid_type', 'temperature'],
    [{ temperature: 3 }, 'decimal_above_max_value', 'temperature'],
    [{ temperature: 2.0001 }, 'decimal_above_max_value', 'temperature'],
    [{ temperature: tooLarge }, 'decimal_above_max_value', 'temperature'],
    [{ temperature: -1 }, 'decimal_below_min_value', 'temperature'],
    [{ temperature: Number.NEGATIVE_INFINITY }, 'decimal_below_min_value', 'temperature'],
    [{ top_p: true }, 'invalid_type', 'top_p'],
    [{ top_p: 1.1 }, 'decimal_above_max_value', 'top_p'],
    [{ top_p: -0.1 }, 'decimal_below_min_value', 'top_p'],
    [{ top_k: -2 }, 'integer_below_min_value', 'top_k'],
    [{ top_k: 1.5 }, 'invalid_type', 'top_k'],
    [{ top_k: topKMax + 1 }, 'integer_above_max_value', 'top_k'],
    [{ min_p: -0.1 }, 'decimal_below_min_value', 'min_p'],
    [{ min_p: 1.1 }, 'decimal_above_max_value', 'min_p'],
    [{ frequency_penalty: 2.1 }, 'decimal_above_max_value', 'frequency_penalty'],
    [{ frequency_penalty: -2.1 }, 'decimal_below_min_value', 'frequency_penalty'],
    [{ presence_penalty: 2.1 }, 'decimal_above_max_value', 'presence_penalty'],
    [{ presence_penalty: '1' }, 'invalid_type', 'presence_penalty'],
    [{ repetition_penalty: 0 }, 'decimal_below_min_value', 'repetition_penalty'],
    [{ repetition_penalty: 2.1 }, 'decimal_above_max_value', 'repetition_penalty'],
    [{ repeat_penalty: -1 }, 'decimal_below_min_value', 'repeat_penalty'],
    [{ repetition_penalty: 1.1, repeat_penalty: 1.2 }, 'invalid_value', 'repeat_penalty'],
    [{ logit_bias: [] }, 'invalid_type', 'logit_bias'],
    [{ logit_bias: '{}' }, 'invalid_type', 'logit_bias'],
    [{ logit_bias: { hello: 1 } }, 'invalid_value', 'logit_bias'],
    [{ logit_bias: { '-1': 1 } }, 'invalid_value', 'logit_bias'],
    [{ logit_bias: { '01': 1 } }, 'invalid_value', 'logit_bias'],
    [{ logit_bias: { '1.5': 1 } }, 'invalid_value', 'logit_bias'],
    [{ logit_bias: { 7: '1' } }, 'invalid_type', 'logit_bias'],
    [{ logit_bias: { 7: null } }, 'invalid_type', 'logit_bias'],
    [{ logit_bias: { 7: 100.1 } }, 'decimal_above_max_value', 'logit_bias'],
    [{ logit_bias: { 7: -101 } }, 'decimal_below_min_value', 'logit_bias'],
    [{ logit_bias: { 7: tooLarge } }, 'decimal_above_max_value', 'logit_bias'],
    [{ logit_bias: toBiases(logitBiasEntriesMax + 1) }, 'object_above_max_properties', 'logit_bias'],
    [{ logprobs: 5 }, 'invalid_type', 'logprobs'],
    [{ logprobs: true, top_logprobs: 21 }, 'integer_above_max_value', 'top_logprobs'],
    [{ logprobs: true, top_logprobs: -1 }, 'integer_below_min_value', 'top_logprobs'],
    [{ logprobs: true, top_logprobs: 1.5 }, 'invalid_type', 'top_logprobs'],
    [{ top_logprobs: 5 }, 'invalid_value', 'top_logprobs'],
    [{ logprobs: false, top_logprobs: 5 }, 'invalid_value', 'top_logprobs'],
    [{ n: 0 }, 'integer_below_min_value', 'n'],
    [{ n: 17 }, 'integer_above_max_value', 'n'],
    [{ n: 1.5 }, 'invalid_type', 'n'],
    [{ n: '1' }, 'invalid_type', 'n'],
    [{ user: 4 }, 'invalid_type', 'user'],
    [{ user: 'a'.repeat(identifierCharactersMax + 1) }, 'string_above_max_length', 'user'],
    [{ prompt_cache_key: {} }, 'invalid_type', 'prompt_cache_key'],
    [{ safety_identifier: 4 }, 'invalid_type', 'safety_identifier'],
    [{ metadata: [] }, 'invalid_type', 'metadata'],
    [{ metadata: { a: 1 } }, 'invalid_type', 'metadata'],
    [{ metadata: { a: 'v'.repeat(513) } }, 'string_above_max_length', 'metadata'],
    [{ metadata: { ['k'.repeat(65)]: 'v' } }, 'string_above_max_length', 'metadata'],
    [
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [index, 'a'])) },
      'object_above_max_properties',
      'metadata',
    ],
    [{ service_tier: 'gold' }, 'unsupported_value', 'service_tier'],
    [{ prompt_cache_retention: '1h' }, 'unsupported_value', 'prompt_cache_retention'],
    [{ prompt_cache_options: { mode: 'none' } }, 'unsupported_value', 'prompt_cache_options.mode'],
    [{ reasoning_effort: 'most' }, 'unsupported_value', 'reasoning_effort'],
    [{ seed: '7' }, 'invalid_type', 'seed'],
    [{ seed: 1.5 }, 'invalid_type', 'seed'],
    [{ seed: 1e19 }, 'integer_above_max_value', 'seed'],
    [{ seed: -1e19 }, 'integer_below_min_value', 'seed'],
    [{ seed: tooLarge }, 'integer_above_max_value', 'seed'],
    [{ stop: 4 }, 'invalid_type', 'stop'],
    [{ stop: {} }, 'invalid_type', 'stop'],
    [{ stop: '' }, 'empty_string', 'stop'],
    [{ stop: 'a'.repeat(stopSequenceCharactersMax + 1) }, 'string_above_max_length', 'stop'],
    [{ stop: ['a', ''] }, 'empty_string', 'stop[1]'],
    [{ stop: ['a', null] }, 'invalid_type', 'stop[1]'],
    [{ stop: Array(17).fill('a') }, 'array_above_max_length', 'stop'],
    [{ max_tokens: 0 }, 'integer_below_min_value', 'max_tokens'],
    [{ max_tokens: -1e300 }, 'integer_below_min_value', 'max_tokens'],
    [{ max_tokens: 1.5 }, 'invalid_type', 'max_tokens'],
    [{ max_tokens: '5' }, 'invalid_type', 'max_tokens'],
    [{ max_completion_tokens: 0 }, 'integer_below_min_value', 'max_completion_tokens'],
    [{ max_completion_tokens: tooLarge }, 'integer_above_max_value', 'max_completion_tokens'],
    [{ max_tokens: 5, max_completion_tokens: 6 }, 'invalid_value', 'max_tokens'],
    [{ stream: 'true' }, 'invalid_type', 'stream'],
    [{ stream: 1 }, 'invalid_type', 'stream'],
    [{ stream: true, stream_options: true }, 'invalid_type', 'stream_options'],
    [
      { stream: true, stream_options: { include_usage: 'yes' } },
      'invalid_type',
      'stream_options.include_usage',
    ],
    [{ stream_options: { include_usage: true } }, 'invalid_value', 'stream_options'],
    [{ stream: false, stream_options: {} }, 'invalid_value', 'stream_options'],
  ])('%j', (fields, code, param) => {
    expect(refusalOf({ ...least, ...fields })).toMatchObject({ code, param, type: 'invalid_request_error' });
  });

  const text = { type: 'text', text: 'a' };
  test.each<[unknown, string, string]>([
    [4, 'invalid_type', 'messages[1]'],
    [null, 'invalid_type', 'messages[1]'],
    [[], 'invalid_type', 'messages[1]'],
    [{}, 'missing_required_parameter', 'messages[1].role'],
    [{ content: 'a' }, 'missing_required_parameter', 'messages[1].role'],
    [{ role: 'narrator', content: 'a' }, 'unsupported_value', 'messages[1].role'],
    [{ role: 'constructor', content: 'a' }, 'unsupported_value', 'messages[1].role'],
    [{ role: 4, content: 'a' }, 'invalid_type', 'messages[1].role'],
    [{ role: 'tool', content: 'a', tool_call_id: 'c' }, 'invalid_value', 'messages[1].role'],
    [{ role: 'function', content: 'a', name: 'f' }, 'invalid_value', 'messages[1].role'],
    [{ role: 'user' }, 'missing_required_parameter', 'messages[1].content'],
    [{ role: 'user', content: null }, 'invalid_type', 'messages[1].content'],
    [{ role: 'user', content: 4 }, 'invalid_type', 'messages[1].content'],
    [{ role: 'user', content: text }, 'invalid_type', 'messages[1].content'],
    [{ role: 'user', content: [] }, 'empty_array', 'messages[1].content'],
    [
      { role: 'user', content: Array(contentPartsMax + 1).fill(text) },
      'array_above_max_length',
      'messages[1].content',
    ],
    [{ role: 'user', content: ['a'] }, 'invalid_type', 'messages[1].content[0]'],
    [{ role: 'user', content: [text, {}] }, 'missing_required_parameter', 'messages[1].content[1].type'],
    [
      { role: 'user', content: [text, { type: 'smell' }] },
      'unsupported_value',
      'messages[1].content[1].type',
    ],
    [
      { role: 'user', content: [{ type: 'text' }] },
      'missing_required_parameter',
      'messages[1].content[0].text',
    ],
    [{ role: 'user', content: [{ type: 'text', text: 4 }] }, 'invalid_type', 'messages[1].content[0].text'],
    [
      { role: 'user', content: [{ type: 'refusal', refusal: 'a' }] },
      'unsupported_value',
      'messages[1].content[0].type',
    ],
    [
      { role: 'user', content: [text, { type: 'image_url' }] },
      'unsupported_content',
      'messages[1].content[1]',
    ],
    [{ role: 'user', content: [{ type: 'input_audio' }] }, 'unsupported_content', 'messages[1].content[0]'],
    [{ role: 'user', content: [{ type: 'file' }] }, 'unsupported_content', 'messages[1].content[0]'],
    [{ role: 'system', content: null }, 'invalid_type', 'messages[1].content'],
    [{ role: 'developer' }, 'missing_required_parameter', 'messages[1].content'],
    [{ role: 'assistant' }, 'missing_required_parameter', 'messages[1].content'],
    [{ role: 'assistant', content: null }, 'invalid_type', 'messages[1].content'],
    [{ role: 'assistant', content: 'a', refusal: 4 }, 'invalid_type', 'messages[1].refusal'],
    [
      { role: 'assistant', content: [{ type: 'refusal' }] },
      'missing_required_parameter',
      'messages[1].content[0].refusal',
    ],
    [{ ...hello, name: 4 }, 'invalid_type', 'messages[1].name'],
    [
      { ...hello, name: 'a'.repeat(participantNameCharactersMax + 1) },
      'string_above_max_length',
      'messages[1].name',
    ],
  ])('the message %j', (message, code, param) => {
    expect(refusalOf({ ...least, messages: [hello, message] })).toMatchObject({ code, param });
  });

  test.each([[null], [[]], ['{}'], [4], [true], [undefined]])('the body %j', (body) => {
    const refusal = refusalOf(body);
    expect(refusal.param).toBeNull();
    expect(refusal.message).toMatch(/^The request body must be a JSON object, but it is /);
  });

  test('several problems in one error, the first one in front', () => {
    const refusal = refusalOf({ ...least, temperature: 'hot', messages: [{ role: 'x' }], best_of: 2 });
    expect(refusal).toMatchObject({ code: 'invalid_type', param: 'temperature' });
    expect(refusal.message).toBe(
      "Invalid type for 'temperature': expected a decimal, but got a string instead. " +
        "Unsupported value for 'messages[0].role': 'x'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', 'function'. " +
        "Unsupported parameter: 'best_of' is not supported by this server. Leave it out (accepted because they change nothing: 1, null).",
    );
  });

  test.each<[object, string]>([
    [
      { temperature: tooLarge },
      "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got Infinity instead.",
    ],
    [
      { max_tokens: -1e300 },
      "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got -1e+300 instead.",
    ],
    [
      { repetition_penalty: 0 },
      "Invalid 'repetition_penalty': decimal below minimum value. Expected a value > 0, but got 0 instead.",
    ],
    [
      { logit_bias: { 7: 101 } },
      "Invalid 'logit_bias': decimal above maximum value. Expected values from -100 to 100, but got 101 instead.",
    ],
    [{ seed: '7' }, "Invalid type for 'seed': expected an integer, but got a string instead."],
    [
      { stop: 4 },
      "Invalid type for 'stop': expected one of a string or an array, but got an integer instead.",
    ],
    [
      { messages: [] },
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
  ])('%j with a sentence that says what is allowed', (fields, message) => {
    expect(refusalOf({ ...least, ...fields }).message).toBe(message);
  });
});
