import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toSettingsPage } from '../scripts/settings-page.ts';
import { configSchema } from '../src/config/config.ts';

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
    '| `port` | `--port` | `PORT` | `4728` | a whole number from 0 to 65535 | Port to listen on; 0 takes a free one |',
  );
});
