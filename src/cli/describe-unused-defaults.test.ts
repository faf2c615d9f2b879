import { expect, test } from 'vitest';
import { describeUnusedDefaults } from './describe-unused-defaults.ts';

test('names what is not used, and says nothing where all is', () => {
  expect(describeUnusedDefaults({ unusedNames: [] })).toBeUndefined();
  expect(describeUnusedDefaults({ unusedNames: ['num_ctx', 'mirostat'] })).toBe(
    'These defaults of the model are not used: num_ctx, mirostat.',
  );
});
