import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** The folder beside the checkout, as a text or as the parts of a path; not a source file in a room's own `shared/`. */
const reading = /\.\.\/shared\/(?![\w-]+\.ts')|'\.\.',\s*'shared'/;

test('only shared-files.ts reads the folder beside the checkout, for others would fail without it', () => {
  expect(reading.test("join(root, '..', 'shared', 'models')")).toBe(true);
  expect(reading.test("readFileSync('../shared/models/a.gguf')")).toBe(true);
  const files = ['src', 'test', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|py)$/.test(file))
      .map((file) => `${folder}/${file.replaceAll(sep, '/')}`),
  );
  const readers = files.filter((file) => reading.test(readFileSync(join(root, file), 'utf8')));
  expect(readers.toSorted()).toEqual(['test/architecture/shared-files.test.ts', 'test/shared-files.ts']);
});
