import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installSampleModel } from '../../../test/catalog/install-sample-model.ts';
import { sampleEntries, toGguf } from '../../../test/catalog/sample-gguf.ts';
import { createSampleContent, createTestFolder } from '../../../test/catalog/sample-model.ts';
import { createModelLibrary, type ModelLibrary } from '../model-library.ts';
import type { InstallFile } from './installed-model.ts';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: join(folder.path, 'models') });
});
afterEach(() => folder.close());

const content = createSampleContent(1_000);

async function stage(
  fileName: string,
  changes: Partial<InstallFile> = {},
  bytes = content,
): Promise<InstallFile> {
  await library.prepare();
  const path = library.stagingPath(fileName);
  await writeFile(path, bytes);
  return { role: 'weights', fileName, sha256: 'a'.repeat(64), sizeBytes: bytes.length, path, ...changes };
}

async function expectRefusal(name: string, files: readonly InstallFile[], reason: RegExp): Promise<void> {
  await expect(library.install({ name, origin: 'a test', license: undefined, files })).rejects.toThrow(
    reason,
  );
  expect(await library.list()).toEqual([]);
  expect(await library.findBlob('a'.repeat(64))).toBeUndefined();
}

test.each(['', 'a\nb', 'x'.repeat(600)])('the name %j is refused', async (name) => {
  await expectRefusal(name, [await stage('m.gguf')], /1 to 512 characters/);
});

test.each(['../m.gguf', 'a/b.gguf', '..', 'a\\b.gguf'])('the file name %j is refused', async (fileName) => {
  await expectRefusal('a:1', [await stage(fileName)], /whose name is a path/);
});

test('files that are not shards of one model are refused', async () => {
  const [first, second] = [await stage('m-00001-of-00002.gguf'), await stage('n-00002-of-00002.gguf')];
  await expectRefusal('a:1', [first, second], /not X-00001-of-0000N\.gguf/);
  await expectRefusal('a:1', [first, { ...first }], /not X-00001-of-0000N\.gguf/);
  await expectRefusal('a:1', [], /has no weights/);
});

test('weights that are no model stay where they are', async () => {
  const file = await stage('m.gguf', {}, Buffer.from('<!doctype html><title>Sign in</title>'));
  await expectRefusal('a:1', [file], /It is not a GGUF file/);
  expect((await library.check()).leftovers).toMatchObject([{ kind: 'partial-download', path: file.path }]);
});

test('a file that shrank, or went, between its checksum and the install is noticed', async () => {
  const file = await stage('m.gguf');
  await expect(
    library.install({ name: 'a:1', origin: '', license: undefined, files: [{ ...file, sizeBytes: 2_000 }] }),
  ).rejects.toThrow('does not have 2000 bytes any more');
  const gone = { ...(await stage('t', { role: 'license' })), path: join(folder.path, 'gone') };
  await expect(
    library.install({ name: 'a:1', origin: '', license: undefined, files: [await stage('m.gguf'), gone] }),
  ).rejects.toThrow('was removed before it was installed');
  expect(await library.list()).toEqual([]);
});

test.each(['{', '[]', 'x'.repeat(70_000)])(
  'sampling defaults that can not be read are refused: %.20s',
  async (text) => {
    const parameters = await stage('params', { role: 'parameters' }, Buffer.from(text));
    await expectRefusal('a:1', [await stage('m.gguf'), parameters], /sampling defaults .+ can't be read/);
  },
);

test('what the source sets is kept, over what the model file says; what is not used is named', async () => {
  const weights = toGguf(Buffer.alloc(64), [
    ...sampleEntries,
    ['general.sampling.temp', { type: 'float32', value: 0.6 }],
    ['general.sampling.top_k', { type: 'uint32', value: 20 }],
  ]);
  const files = [
    await stage('m.gguf', {}, weights),
    await stage('p', { role: 'parameters', sha256: 'b'.repeat(64) }, toParameters({ top_k: 5, warmth: 1 })),
    await stage('s', { role: 'system', sha256: 'c'.repeat(64) }, Buffer.from('Be kind.')),
  ];
  await library.install({ name: 'a:1', origin: '', license: undefined, files });
  expect(await library.find('a:1')).toMatchObject({
    parameters: { temperature: 0.6, topK: 5 },
    unusedNames: ['warmth'],
    systemText: 'Be kind.',
  });
});

test('a system message as long as a book is named, and not used', async () => {
  const text = Buffer.from('word '.repeat(10_000));
  const files = [await stage('m.gguf'), await stage('s', { role: 'system', sha256: 'c'.repeat(64) }, text)];
  const installed = await library.install({ name: 'a:1', origin: '', license: undefined, files });
  expect(installed).toMatchObject({ unusedNames: ['system'], parameters: undefined });
  expect(installed.systemText).toBeUndefined();
});

function toParameters(entries: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify(entries));
}

test('names that are long, or in other alphabets, are found again', async () => {
  const names = [
    'x'.repeat(500),
    `${'x'.repeat(499)}y`,
    'модель:1',
    '..',
    '.hidden',
    'con:1',
    'a%3a1',
    'a:1',
  ];
  for (const name of names) await installSampleModel(folder.path, name, content);
  for (const name of names) expect((await library.find(name))?.name).toBe(name);
  expect((await library.list()).length).toBe(names.length);
});
