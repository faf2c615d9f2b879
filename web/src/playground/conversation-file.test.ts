import { expect, test } from 'vitest';
import { addMessage, createConversation } from './conversation.ts';
import { readFileText, toFileText } from './conversation-file.ts';

function build() {
  const conversation = createConversation('m');
  const [lane] = conversation.lanes;
  if (lane === undefined) throw new Error('It has no lane.');
  const first = addMessage(lane, {
    id: 'a',
    parentId: null,
    kind: 'user',
    text: 'Hi',
    images: ['data:image/png;base64,'],
  });
  const answer = {
    model: 'm',
    text: 'Ho',
    reasoning: '',
    toolCalls: [],
    tokens: [],
    finishReason: 'stop',
    promptTokens: 1,
    completionTokens: 2,
    firstTokenMs: 3,
    durationMs: 4,
    problem: undefined,
  };
  return {
    ...conversation,
    title: 'Hi',
    lanes: [addMessage(first, { id: 'b', parentId: 'a', kind: 'assistant', answer })],
  };
}

test('what was exported is imported', () => {
  const conversation = build();
  expect(readFileText(toFileText([conversation]))).toEqual(JSON.parse(JSON.stringify([conversation])));
});

test.each<[string, (file: string) => string]>([
  ['no JSON', () => 'hello'],
  ['another file', () => '{"a": 1}'],
  ['another version', (file) => file.replace('conversations.1', 'conversations.9')],
  ['a picture from elsewhere', (file) => file.replace('data:image/png;base64,', 'https://example.com/a.png')],
  ['a circle of messages', (file) => file.replace('"parentId": null', '"parentId": "b"')],
  ['a head that is not there', (file) => file.replace('"headId": "b"', '"headId": "c"')],
  ['an id twice', (file) => file.replace('"id": "b"', '"id": "a"')],
  ['a text that is a number', (file) => file.replace('"text": "Hi"', '"text": 7')],
  ['an answer without calls', (file) => file.replace('"toolCalls": []', '"toolCalls": null')],
])('%s is refused', (_what, change) => {
  const file = toFileText([build()]);
  expect(change(file)).not.toBe(file);
  expect(() => readFileText(change(file))).toThrow('no file with exported conversations');
});
