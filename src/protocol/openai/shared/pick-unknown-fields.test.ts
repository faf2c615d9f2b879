import { expect, test } from 'vitest';
import { parseMessageRequest } from '../../anthropic/messages/parse-message-request.ts';
import { parseChatCompletionRequest } from '../chat/parse-chat-completion-request.ts';
import { parseCompletionRequest } from '../completions/parse-completion-request.ts';
import { parseResponseRequest } from '../responses/parse-response-request.ts';
import { pickUnknownFields, unknownFieldsMax } from './pick-unknown-fields.ts';

const unknown = { top_a: 0.5, extra: { model: 'x' }, __proto: 1 };
const options = { strict: false };

test('fields that we know are never among them, whatever they say', () => {
  const messages = [{ role: 'user', content: 'a' }];
  const chat = { model: 'm', messages, stream: true, stream_options: {}, top_k: 1, mirostat: 0, user: 'u' };
  expect(parseChatCompletionRequest({ ...chat, ...unknown }, options).unknownFields).toEqual(unknown);
  const text = { model: 'm', prompt: 'a', echo: true, suffix: null, best_of: 1, use_beam_search: false };
  expect(parseCompletionRequest({ ...text, ...unknown }, options).unknownFields).toEqual(unknown);
  // Names of chat are none of an upstream's own either: it gets a chat request.
  const response = { model: 'm', input: 'a', stream: true, truncation: 'auto', n: 2, prediction: 'b' };
  expect(parseResponseRequest({ ...response, ...unknown }, options).unknownFields).toEqual(unknown);
  const message = { model: 'm', messages, max_tokens: 5, top_k: 1, system: 's', n: 2, response_format: {} };
  expect(parseMessageRequest({ ...message, ...unknown }, options).unknownFields).toEqual(unknown);
});

test('a null says nothing, and their number has an end', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`a${index}`, index]));
  expect(pickUnknownFields({ a: null, b: 1 }, () => false)).toEqual({ b: 1 });
  expect(Object.keys(pickUnknownFields(many, () => false))).toHaveLength(unknownFieldsMax);
});
