import { describe, expect, test } from 'vitest';
import { RequestError } from '../shared/error.ts';
import { contentPartsMax } from './chat-message.ts';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';
import { toGenerationRequest } from './to-generation-request.ts';

function parse(prediction: unknown, more: object = {}) {
  const body = { model: 'm', messages: [{ role: 'user', content: 'a' }], prediction, ...more };
  return parseChatCompletionRequest(body, { strict: false });
}

const part = (text: string) => ({ type: 'text', text });

describe('a prediction', () => {
  test.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [null, undefined],
    [{ type: 'content', content: 'class A {}' }, 'class A {}'],
    [{ type: 'content', content: '' }, ''],
    [{ type: 'content', content: [part('one'), part('two')] }, 'one\ntwo'],
  ])('%j', (prediction, text) => {
    expect(toGenerationRequest(parse(prediction).request, 'id').prediction).toBe(text);
  });

  test('goes together with what OpenAI refuses beside it', () => {
    const more = { n: 2, logprobs: true, presence_penalty: 1, max_completion_tokens: 5 };
    expect(parse({ type: 'content', content: 'a' }, more).ignoredParameters).toEqual([]);
  });

  test('its unknown fields are named', () => {
    const content = [{ ...part('a'), cache_control: {} }];
    expect(parse({ type: 'content', content, weight: 1 }).ignoredParameters).toEqual([
      'prediction.weight',
      'prediction.content[0].cache_control',
    ]);
  });

  test.each<[string, unknown]>([
    ['prediction', 'class A {}'],
    ['prediction.type', { content: 'a' }],
    ['prediction.type', { type: 'text', content: 'a' }],
    ['prediction.content', { type: 'content' }],
    ['prediction.content', { type: 'content', content: null }],
    ['prediction.content', { type: 'content', content: [] }],
    ['prediction.content', { type: 'content', content: Array(contentPartsMax + 1).fill(part('a')) }],
    ['prediction.content[0].type', { type: 'content', content: [{ type: 'image_url', image_url: {} }] }],
    ['prediction.content[0].text', { type: 'content', content: [{ type: 'text', text: 1 }] }],
  ])('%s is refused: %j', (param, prediction) => {
    let error: unknown;
    try {
      parse(prediction);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ param });
  });
});
