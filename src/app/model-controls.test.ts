import { expect, test } from 'vitest';
import { toSentenceWithoutCommands } from './model-controls.ts';

test.each([
  [
    'To fix this, wait a few minutes, then run `gravix pull a:1b` again.',
    'To fix this, wait a few minutes, then pull it again.',
  ],
  [
    'The model a is damaged: it is short. Run `gravix pull a --force` to pull it again.',
    'The model a is damaged: it is short. Pull it again.',
  ],
  ['Fix that, then pull it again.', 'Fix that, then pull it again.'],
])('%s', (message, shown) => {
  expect(toSentenceWithoutCommands(message)).toBe(shown);
});
