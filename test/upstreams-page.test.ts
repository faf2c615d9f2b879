import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { presetMarks, withPresetSection } from '../scripts/upstream-table.ts';
import { configSchema } from '../src/config/config.ts';
import { readBlocks } from './compat/guide-sample.ts';

const guide = readFileSync(join(import.meta.dirname, '..', 'docs', 'guides', 'upstreams.md'), 'utf8');

it('docs/guides/upstreams.md is what `npm run docs:settings` writes', () => {
  expect(guide).toBe(withPresetSection(guide));
  expect(() => withPresetSection(guide.replace(presetMarks[1], ''))).toThrow('no marks');
});

const samples = readBlocks('docs/guides/upstreams.md', 'yaml');

test.each(samples)('a sample of the guide is a valid config.yaml: %s', (sample) => {
  expect(Object.keys(configSchema.parse(parse(sample)))).toContain('upstreams');
});

test('there are samples', () => {
  expect(samples.length).toBeGreaterThan(0);
});
