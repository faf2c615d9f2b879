import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findStyleViolations } from './find-style-violations.ts';

const root = join(import.meta.dirname, '..', '..');

function readSources(): readonly (readonly [path: string, text: string])[] {
  return ['src', 'web', 'test', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => [`${folder}/${path}`, readFileSync(join(root, folder, path), 'utf8')] as const),
  );
}

test('the sources follow the style of CONTRIBUTING.md', () => {
  const sources = readSources();
  expect(sources.length).toBeGreaterThan(500);
  expect(sources.flatMap(([path, text]) => findStyleViolations(path, text))).toEqual([]);
});

test.each([
  ['src/cli/a.ts', 'const a = { b, ...{ c, d } };', 'src/cli/a.ts:1: spreads an object literal'],
  ['test/a.test.ts', 'const a = {\n  ...{ c: 1 },\n};', 'test/a.test.ts:2: spreads an object literal'],
  ['src/http/a.ts', 'export function f(req: B) {}', 'the name req says nothing'],
  ['src/http/a.ts', 'const { data } = await f();', 'the name data says nothing'],
  ['src/app.ts', 'const manager = createA();', 'the name manager says nothing'],
  ['src/app.ts', 'export interface A { readonly info: B }', 'the name info says nothing'],
  ['src/app.ts', `// ${'TO'}DO: later`, 'src/app.ts:1: an open task'],
])('%s with %s', (path, text, expected) => {
  expect(findStyleViolations(path, text)).toEqual([expect.stringContaining(expected)]);
});

test.each([
  ['src/cli/a.ts', 'const a = { b, ...c, ...(d ? { e } : {}), ...f({ g }) };'],
  ['src/protocol/a.ts', 'const { data, error } = schema.safeParse(body);'],
  ['test/a.ts', 'const { data } = await client.list();'],
  ['src/http/a.ts', 'const request = reply.request; f(request.data);'],
])('%s may have %s', (path, text) => {
  expect(findStyleViolations(path, text)).toEqual([]);
});
