import { expect, test } from 'vitest';
import type { ChatMessage } from './generation-request.ts';
import { textContent, toText } from './message-content.ts';
import { verbosityTexts, withVerbosity } from './with-verbosity.ts';

const user: ChatMessage = { role: 'user', content: textContent('Hi') };
const toSystem = (text: string): ChatMessage => ({ role: 'system', content: textContent(text) });
const toTexts = (messages: readonly ChatMessage[]) =>
  messages.map(({ role, content }) => [role, toText(content)]);

test('the wish stands at the end of the system message, or is one', () => {
  const wish = verbosityTexts.low;
  expect(toTexts(withVerbosity([user], 'low'))).toEqual([
    ['system', wish],
    ['user', 'Hi'],
  ]);
  expect(toTexts(withVerbosity([toSystem('Be kind.'), user], 'low'))).toEqual([
    ['system', `Be kind.\n\n${wish}`],
    ['user', 'Hi'],
  ]);
  expect(toTexts(withVerbosity([toSystem(''), user], 'low'))[0]).toEqual(['system', wish]);
  expect(toTexts(withVerbosity([user, toSystem('Be kind.')], 'high'))[0]).toEqual([
    'system',
    verbosityTexts.high,
  ]);
});

test('without a wish nothing changes', () => {
  const messages = [toSystem('Be kind.'), user];
  expect(withVerbosity(messages, undefined)).toBe(messages);
});
