import { mkdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSampleContent, createSampleEntry, createTestFolder } from '../../test/catalog/sample-model.ts';
import { createModelLibrary, type ModelLibrary, ModelLibraryError } from './model-library.ts';

const content = createSampleContent(50_000);
const entry = createSampleEntry(content, []);

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: folder.path });
});
afterEach(() => folder.close());

async function install(named = entry) {
  const besidePath = join(folder.path, `${named.file}.partial`);
  await writeFile(besidePath, content);
  return library.install(named, besidePath);
}

async function expectDamage(check: Promise<void>, fault: string): Promise<void> {
  const error = await check.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelLibraryError);
  expect((error as Error).message).toBe(
    `The model sample:1m-q4_1 is damaged: ${fault}. Run \`gravix pull sample:1m-q4_1 --force\` to pull it anew.`,
  );
}

test('a library without a folder is empty', async () => {
  const empty = createModelLibrary({ folder: join(folder.path, 'not', 'there') });
  expect(await empty.list()).toEqual([]);
  expect(await empty.find(entry.name)).toBeUndefined();
});

test('an installed model is found by name, with its absolute path, and passes both checks', async () => {
  const installed = await install();
  expect(installed.path).toBe(join(folder.path, entry.file));
  expect(await library.find(entry.name)).toEqual(installed);
  expect(await library.find('sample')).toBeUndefined();
  await library.check(installed);
  const seen: number[] = [];
  await library.verify(installed, { onProgress: (doneBytes) => seen.push(doneBytes) });
  expect(seen.at(-1)).toBe(content.length);
});

test('models are listed in order of name', async () => {
  await install({ ...entry, name: 'b:1', file: 'b.gguf' });
  await install({ ...entry, name: 'a:1', file: 'c.gguf' });
  expect((await library.list()).map(({ name }) => name)).toEqual(['a:1', 'b:1']);
});

test('a model file without a manifest is not installed', async () => {
  await writeFile(join(folder.path, entry.file), content);
  expect(await library.list()).toEqual([]);
});

test.each([
  ['cut in the middle', '{"name": "sample'],
  ['of another shape', '{"name": "sample:1m-q4_1"}'],
  ['pointing elsewhere', JSON.stringify({ ...entry, file: '../../etc/passwd', mtimeMs: 1 })],
])('a manifest %s counts as no model', async (_title, text) => {
  await install();
  await writeFile(join(folder.path, `${entry.file}.manifest.json`), text);
  expect(await library.find(entry.name)).toBeUndefined();
});

test('a missing file is found by the check', async () => {
  const installed = await install();
  await rm(installed.path);
  await expectDamage(library.check(installed), 'its file is missing');
});

test('a file that is not a file is found by the check', async () => {
  const installed = await install();
  await rm(installed.path);
  await mkdir(installed.path);
  const error = await library.check(installed).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelLibraryError);
});

test('a file cut short is found by the check', async () => {
  const installed = await install();
  await truncate(installed.path, 49_999);
  await expectDamage(library.check(installed), 'its file has 49999 bytes, not 50000');
});

test('a file of the right size that is no GGUF is found by the check', async () => {
  const installed = await install();
  await writeFile(installed.path, Buffer.alloc(50_000));
  await expectDamage(library.check(installed), 'its file is not a GGUF file');
});

test('a modified file is read whole: one wrong byte is found', async () => {
  const installed = await install();
  const wrong = Buffer.from(content);
  wrong.writeUInt8(wrong.readUInt8(40_000) ^ 1, 40_000);
  await writeFile(installed.path, wrong);
  const fault = 'its checksum is no longer the one it was installed with';
  await expectDamage(library.check(installed), fault);
  await expectDamage(library.verify(installed), fault);
});

test('a wrong byte behind an unchanged time passes the cheap check but not the full one', async () => {
  const installed = await install();
  const wrong = Buffer.from(content);
  wrong.writeUInt8(wrong.readUInt8(40_000) ^ 1, 40_000);
  await utimes(installed.path, 1_000, 1_000);
  const { mtimeMs: _, ...rest } = installed;
  await writeFile(installed.path, wrong);
  await utimes(installed.path, 1_000, 1_000);
  await library.check({ ...rest, mtimeMs: 1_000_000 });
  await expect(library.verify({ ...rest, mtimeMs: 1_000_000 })).rejects.toThrow(ModelLibraryError);
});

test('a touched but right file is trusted again, and the manifest remembers it', async () => {
  const installed = await install();
  await utimes(installed.path, 1_000, 1_000);
  await library.check(installed);
  const manifest = JSON.parse(await readFile(`${installed.path}.manifest.json`, 'utf8'));
  expect(manifest).toEqual({
    name: entry.name,
    file: entry.file,
    sha256: entry.sha256,
    sizeBytes: entry.sizeBytes,
    mtimeMs: 1_000_000,
  });
});

test('a manifest that cannot be written does not fail the check of a right file', async () => {
  const installed = await install();
  await utimes(installed.path, 1_000, 1_000);
  const manifestPath = `${installed.path}.manifest.json`;
  await rm(manifestPath);
  // A folder in its place refuses the write for every user, root included.
  await mkdir(join(manifestPath, 'in-the-way'), { recursive: true });
  await expect(library.check(installed)).resolves.toBeUndefined();
});
