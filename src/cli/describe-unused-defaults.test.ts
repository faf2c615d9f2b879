import { expect, test } from 'vitest';
import { describeUnusedDefaults } from './describe-unused-defaults.ts';

test('names what is not used, and says nothing where all is', () => {
  expect(describeUnusedDefaults({ unusedNames: [] })).toBeUndefined();
  expect(describeUnusedDefaults({ unusedNames: ['num_ctx', 'mirostat'] })).toBe(
    'Of the defaults that come with it these are not used: num_ctx, mirostat.',
  );
});
