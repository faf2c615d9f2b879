import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './command-line-process.ts';

const source = join(import.meta.dirname, '..', '..', 'src');

// These tests run in a clone, where a shell knows no `gravix`.
test.for([
  [['keys', 'list']],
  [['keys', 'revoke', 'nobody']],
  [['models']],
  [['models', '--available']],
  [['import', '--from', '.', 'nobody']],
  [['connect', 'codex', '--model', 'nobody', '--url', 'http://127.0.0.1:1']],
  [['doctor', '--port', '0']],
  [['doctor', '--port', '0', '--json']],
  [['rm', '--help']],
  [['restore', '--help']],
  [['serve', '--help']],
  [['--help']],
  [['gpu', '--kind', 'vulkan']],
  [['chat', '--url', 'http://127.0.0.1:1', 'Hello']],
] as const)('in a clone the output of %s names commands that run there', async ([words]) => {
  const { stdout, stderr } = await runCommand(words, { home: createTemporaryFolder() });
  const text = stdout + stderr;
  expect(text).toContain('npx gravix ');
  expect(text.match(/(?<!npx )\bgravix (?:[a-z]+|[A-Z]{3,})\b/g)).toBeNull();
});

test('messages write commands in backticks, so that they get their name', () => {
  const commands =
    'serve|pull|models|rm|import|chat|connect|doctor|gpu|backup|restore|keys|projects|audit|usage|COMMAND';
  const bare = new RegExp(`(?<!\`)\\bgravix (?:${commands})\\b`);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  const found = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      readFileSync(join(source, file), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line) && bare.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});
