import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEncryptedContent, readReasoning, toEncryptedContent } from './reasoning-text.ts';

test('any text comes back from its encrypted content', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(readEncryptedContent(toEncryptedContent(text))).toBe(text);
    }),
  );
  expect(readEncryptedContent(toEncryptedContent('\ufeffa\u0000'))).toBe('\ufeffa\u0000');
});

test.each([
  [
    'the text before the encrypted content',
    { content: [part('a')], encrypted_content: toEncryptedContent('b') },
    'a',
  ],
  ['parts as lines', { content: [part('a'), { type: 'other' }, part('b')] }, 'a\nb'],
  ['no text but encrypted content', { content: [], encrypted_content: toEncryptedContent('b') }, 'b'],
  ['nothing', { content: null, encrypted_content: null }, ''],
])('%s', (_what, item, text) => {
  expect(readReasoning(item)).toBe(text);
});

function part(text: string) {
  return { type: 'reasoning_text', text };
}
