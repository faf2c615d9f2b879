import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../backend/generation-request.ts';
import type { ImagePart } from '../../../backend/message-content.ts';
import { textContent } from '../../../backend/message-content.ts';
import { dialects } from './dialects.ts';
import { toUpstreamMessages } from './to-upstream-messages.ts';

const toImage = (url: string): ImagePart => ({
  kind: 'image',
  source: { kind: 'address', url },
  detail: undefined,
});
const toWire = (url: string) => ({ type: 'image_url', image_url: { url } });

function toResult(toolCallId: string, ...content: ChatMessage['content']): ChatMessage {
  return { role: 'tool', toolCallId, content };
}

const call: ChatMessage = {
  role: 'assistant',
  content: textContent(''),
  toolCalls: [{ id: 'a', name: 'f', argumentsText: '{}' }],
};

const send = (...messages: ChatMessage[]) => toUpstreamMessages(messages, dialects.vllm).slice(1);

test('images of results come after the last of them, as a message of the user', () => {
  const results = [toResult('a', ...textContent('A'), toImage('1')), toResult('b', toImage('2'))];
  const answer: ChatMessage = { role: 'assistant', content: textContent('Done') };
  const sent = [
    { role: 'tool', tool_call_id: 'a', content: 'A' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'user', content: [toWire('1'), toWire('2')] },
  ];
  expect(send(call, ...results)).toEqual(sent);
  expect(send(call, ...results, answer)).toEqual([...sent, { role: 'assistant', content: 'Done' }]);
});

test('what the user says follows them in the same message', () => {
  const said: ChatMessage = { role: 'user', content: [...textContent('And?'), toImage('2')] };
  expect(send(call, toResult('a', toImage('1')), said)).toEqual([
    { role: 'tool', tool_call_id: 'a', content: '' },
    { role: 'user', content: [toWire('1'), { type: 'text', text: 'And?' }, toWire('2')] },
  ]);
});

test('messages without such images are what they were', () => {
  const said: ChatMessage = { role: 'user', content: [toImage('1')] };
  expect(send(call, toResult('a', ...textContent('A')), said)).toEqual([
    { role: 'tool', tool_call_id: 'a', content: 'A' },
    { role: 'user', content: [toWire('1')] },
  ]);
});
