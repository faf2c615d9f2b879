import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { houseRules } from './house-rules.ts';
import { toSourceFacts } from './read-source-facts.ts';

const web = join(import.meta.dirname, '..', '..', 'web');

function readWeb(pattern: RegExp): readonly (readonly [path: string, text: string])[] {
  return readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((path) => pattern.test(path))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(web, path), 'utf8')] as const);
}

function findForeignImports(path: string, text: string): string[] {
  const isAllowed = (target: string) =>
    houseRules.webPackages.some((name) => target === name || target.startsWith(`${name}/`));
  const isTool = /^[^/]+$/.test(path) || /\.test\.tsx?$/.test(path);
  return toSourceFacts(path, text)
    .imports.filter(({ target, isFile }) => (isFile ? target.startsWith('..') : !isAllowed(target)))
    .filter(({ target }) => !(isTool && (target.startsWith('node:') || target === 'vitest')))
    .map(({ target }) => `${path} imports ${target}`);
}

/** What the policy of the pages forbids, or what would let an answer of a model run as a script. */
function findForbidden(path: string, text: string): string[] {
  const found =
    /\bstyle=|dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|\beval\(|new Function\(/.exec(
      text,
    );
  return found === null ? [] : [`${path} has ${found[0]}`];
}

test('the console imports its own files and its few packages only', () => {
  const sources = readWeb(/\.tsx?$/);
  expect(sources.length).toBeGreaterThan(30);
  expect(sources.flatMap(([path, text]) => findForeignImports(path, text))).toEqual([]);
});

test('nothing of the console is inline, and no text becomes markup', () => {
  const sources = readWeb(/\.(?:tsx?|html)$/);
  expect(sources.flatMap(([path, text]) => findForbidden(path, text))).toEqual([]);
});

test.each([
  ['src/a.ts', `import a from '../../src/config/config.ts';`],
  ['src/a.ts', `import { readFile } from 'node:fs';`],
  ['src/a.ts', `import b from 'react-hook-form';`],
  ['src/a.ts', `const b = import('katex');`],
])('%s may not contain %s', (path, text) => {
  expect(findForeignImports(path, text)).toHaveLength(1);
});

test.each(['<p style="color:red">', '<p style={{ color }}>', 'element.innerHTML = text', 'eval(text)'])(
  'nothing may contain %s',
  (text) => {
    expect(findForbidden('src/a.tsx', text)).toHaveLength(1);
  },
);
