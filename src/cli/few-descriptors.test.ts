import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { findFewDescriptors, readDescriptorsMax } from './few-descriptors.ts';

test.each([
  [
    'Max processes             95893                95893                processes \nMax open files            1024                 524288               files     \n',
    1024,
  ],
  ['Max open files            unlimited            unlimited            files     \n', undefined],
  ['', undefined],
])('the soft limit is read: %j', (text, expected) => {
  const file = join(createTemporaryFolder(), 'limits');
  writeFileSync(file, text);
  expect(readDescriptorsMax(file)).toBe(expected);
});

test('a system that does not say it has none', () => {
  expect(readDescriptorsMax('/nowhere/limits')).toBeUndefined();
});

test.each([
  [4096, undefined, undefined],
  [4096, 4224, undefined],
  [4096, 4223, { connectionsMax: 4096, descriptorsMax: 4223 }],
  [900, 1024, { connectionsMax: 900, descriptorsMax: 1024 }],
  [800, 1024, undefined],
])('%i connections with %s descriptors', (connectionsMax, descriptorsMax, expected) => {
  // Undefined would be read from this process.
  const limit = descriptorsMax ?? Number.POSITIVE_INFINITY;
  expect(findFewDescriptors({ connectionsMax }, limit)).toEqual(expected);
});
