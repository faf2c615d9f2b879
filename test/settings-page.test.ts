import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configExample, toSettingsPage } from '../scripts/settings-page.ts';
import { configSchema } from '../src/config/config.ts';
import { settingGroups } from '../src/config/setting-groups.ts';

it('docs/settings.md is what `npm run docs:settings` writes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'settings.md'), 'utf8');
  expect(page).toBe(toSettingsPage());
});

it('the table has a row for each setting', () => {
  const rows = toSettingsPage()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))
    .filter((line) => line.startsWith('| `'));
  expect(rows).toHaveLength(Object.keys(configSchema.shape).length);
  expect(rows).toContain(
    '| `port` | `--port` | `PORT` | `4728` | a whole number from 0 to 65535 | Port to listen on; 0 picks a free port |',
  );
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
