import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config/load-config.ts';
import { readBlocks } from './compat/guide-sample.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const root = join(import.meta.dirname, '..');

interface ConfigSample {
  readonly place: string;
  readonly text: string;
}

function listConfigSamples(): readonly ConfigSample[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path));
  return ['README.md', ...pages].flatMap((page) =>
    readBlocks(page, 'yaml').map((text, at): ConfigSample => ({ place: `${page}, sample ${at + 1}`, text })),
  );
}

it('there are samples of configuration', () => {
  expect(listConfigSamples().length).toBeGreaterThan(1);
});

it.each(listConfigSamples())('$place is valid', ({ text }) => {
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'config.yaml'), text);
  const variables = [...text.matchAll(/apiKeyEnv: (\w+)/g)].map(([, name = '']) => [name, 'sk-sample']);
  for (const [, name = ''] of text.matchAll(/apiKeyFile: ([\w./-]+)/g)) {
    writeFileSync(join(home, name), 'sk-sample');
  }
  expect(() =>
    loadConfig({ environment: { GRAVIX_HOME: home, ...Object.fromEntries(variables) }, flags: {} }),
  ).not.toThrow();
});
