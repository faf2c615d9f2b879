import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { findCommandName, nameCommands } from './command-name.ts';

/** A folder as npm lays the package, or as git lays the clone. */
function createFolder(kind: 'clone' | 'package'): string {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, 'dist'));
  if (kind === 'clone') {
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'scripts', 'start.mjs'), '');
  }
  return folder;
}

test.for([
  ['clone', 'dist/main.js', 'npx gravix'],
  ['clone', 'scripts/start.mjs', 'npx gravix'],
  ['clone', 'node_modules/.bin/gravix', 'npx gravix'],
  ['clone', undefined, 'npx gravix'],
  ['package', 'dist/main.js', 'gravix'],
  ['package', undefined, 'gravix'],
] as const)('in a %s started as %s it is %s', ([kind, script, name]) => {
  const folder = createFolder(kind);
  expect(findCommandName(script === undefined ? undefined : join(folder, script), folder)).toBe(name);
});

test('what stands on the PATH has its name there, also when npm link put it there', () => {
  expect(findCommandName('/usr/bin/gravix', createFolder('package'))).toBe('gravix');
  expect(findCommandName('/usr/bin/gravix', createFolder('clone'))).toBe('gravix');
  expect(findCommandName('/home/me/project/node_modules/.bin/gravix', createFolder('package'))).toBe(
    'npx gravix',
  );
});

test('the clone of these tests is one', () => expect(findCommandName(process.argv[1])).toBe('npx gravix'));

test('commands in backticks get the name, and nothing else does', () => {
  const text = 'gravix: No key. `gravix keys list` or `gravix keys create $&`; see /gravix and `gravix`.';
  expect(nameCommands(text, 'npx gravix')).toBe(
    'gravix: No key. `npx gravix keys list` or `npx gravix keys create $&`; see /gravix and `gravix`.',
  );
  expect(nameCommands(text, 'gravix')).toBe(text);
});
