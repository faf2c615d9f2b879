import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configExample, toSettingsPage } from '../scripts/settings-page.ts';
import { configSchema } from '../src/config/config.ts';
import { describeFields } from '../src/config/describe-settings.ts';
import { findFieldSchema } from '../src/config/field-schema.ts';
import { settingGroups } from '../src/config/setting-groups.ts';

it('docs/settings.md is what `npm run docs:settings` writes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'settings.md'), 'utf8');
  expect(page).toBe(toSettingsPage());
});

it('the table has a row for each setting', () => {
  const lines = toSettingsPage()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))
    .filter((line) => line.startsWith('| `'));
  const rows = lines.filter((line) => line.split('|').length === 8);
  expect(rows).toHaveLength(Object.keys(configSchema.shape).length);
  expect(rows).toContain(
    '| `port` | `--port` | `PORT` | `4728` | a whole number from 0 to 65535 | Port to listen on; 0 picks a free port |',
  );
  const fields = lines.filter((line) => line.split('|').length === 6);
  expect(rows.length + fields.length).toBe(lines.length);
  for (const path of [
    ['upstreams', 'a'],
    ['models', 0],
    ['models', 0, 'deployments', 0],
  ]) {
    const described = describeFields(findFieldSchema(path) ?? {});
    expect(described.length).toBeGreaterThan(3);
    for (const { name, range, description } of described) {
      expect(description, name).not.toBe('');
      expect(fields.some((row) => row.startsWith(`| \`${name}\` |`) && row.includes(range))).toBe(true);
    }
  }
});

it('the settings are grouped, and the example of config.yaml is accepted', () => {
  const titles = toSettingsPage()
    .split('\n')
    .flatMap((line) => (line.startsWith('## ') ? [line.slice(3)] : []));
  expect(titles).toEqual([...settingGroups]);
  expect(configSchema.parse(parse(configExample))).toMatchObject({
    keepAliveMs: 1_800_000,
    queueWaitMsMax: 90_000,
    publicUrl: 'https://llm.example.com',
    aliases: { 'gpt-4o-mini': 'smollm2:135m-instruct-q4_1' },
  });
});
