import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { catalogEntries, defaultModelName, findCatalogEntry } from './catalog.ts';
import { describeSource, toHuggingFaceUrl } from './catalog-entry.ts';

test('the default model is in the catalogue', () => {
  expect(findCatalogEntry(defaultModelName)?.name).toBe('smollm2:135m-instruct-q4_1');
  expect(findCatalogEntry('smollm2')).toBeUndefined();
});

test.each(catalogEntries)('$name is well formed', (entry) => {
  expect(entry.name).toMatch(/^[a-z0-9.-]+:[a-z0-9._-]+$/);
  expect(entry.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(entry.file).toMatch(/\.gguf$/);
  expect(basename(entry.file)).toBe(entry.file);
  expect(entry.sizeBytes).toBeGreaterThan(0);
  expect(entry.sources.length).toBeGreaterThan(0);
});

test('names and files of the catalogue are unique', () => {
  expect(new Set(catalogEntries.map(({ name }) => name)).size).toBe(catalogEntries.length);
  expect(new Set(catalogEntries.map(({ file }) => file)).size).toBe(catalogEntries.length);
});

test('a Hugging Face file resolves at the endpoint that is given', () => {
  const source = { kind: 'huggingface', repository: 'some/models', file: 'a.gguf' } as const;
  expect(toHuggingFaceUrl(source, 'http://mirror.example/hf/')).toBe(
    'http://mirror.example/hf/some/models/resolve/main/a.gguf',
  );
});

test('a source is described without what its address may carry', () => {
  const url = 'https://me:secret@files.example/a.gguf?token=secret';
  expect(describeSource({ kind: 'http', url })).toBe('files.example');
  expect(describeSource({ kind: 'http', url: 'nonsense' })).toBe('an invalid address');
});
