import { mkdir, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSampleContent, createSampleEntry, createTestFolder } from '../../test/catalog/sample-model.ts';
import { ModelLibraryError } from './library/model-library-error.ts';
import { createModelLibrary, type ModelLibrary } from './model-library.ts';

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
  await library.prepare();
  const path = library.stagingPath(named.file);
  await writeFile(path, content);
  const { name, file, sha256, sizeBytes } = named;
  const files = [{ role: 'weights', fileName: file, sha256, sizeBytes, path }] as const;
  return library.install({ name, origin: 'a test', license: 'CC0-1.0', files });
}

async function findManifestPath(): Promise<string> {
  const [manifest = ''] = await readdir(join(folder.path, 'manifests'));
  return join(folder.path, 'manifests', manifest);
}

async function expectDamage(check: Promise<void>, fault: string): Promise<void> {
  const error = await check.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelLibraryError);
  expect((error as Error).message).toBe(
    `The model sample:1m-q4_1 is damaged: ${fault}. Run \`gravix pull sample:1m-q4_1 --force\` to pull it again.`,
  );
}

test('a library without a folder is empty, and looking makes none', async () => {
  const empty = createModelLibrary({ folder: join(folder.path, 'not', 'there') });
  expect(await empty.list()).toEqual([]);
  expect(await empty.find(entry.name)).toBeUndefined();
  expect(await empty.check()).toEqual({ models: [], problems: [], leftovers: [] });
  expect(await readdir(folder.path)).toEqual([]);
});

test('an installed model is found by name, with its facts, and passes both checks', async () => {
  const installed = await install();
  expect(installed).toMatchObject({
    name: entry.name,
    path: join(folder.path, 'blobs', `sha256-${entry.sha256}`),
    sizeBytes: content.length,
    license: 'CC0-1.0',
    facts: { architecture: 'llama', quantization: 'Q4_1', contextLength: 2048, vocabularySize: 3 },
  });
  expect((await readFile(installed.path)).equals(content)).toBe(true);
  expect(await library.find(entry.name)).toEqual(installed);
  expect(await library.find('sample')).toBeUndefined();
  expect(await library.findBlob(entry.sha256)).toBe(installed.path);
  await library.checkModel(installed);
  const seen: number[] = [];
  await library.verifyModel(installed, { onProgress: (doneBytes) => seen.push(doneBytes) });
  expect(seen.at(-1)).toBe(content.length);
  expect(await readdir(join(folder.path, 'staging'))).toEqual([]);
});

test('models are listed in order of name, and differ by the case of their letters alone', async () => {
  await install({ ...entry, name: 'b:1' });
  await install({ ...entry, name: 'hf:Owner/Repo' });
  await install({ ...entry, name: 'hf:owner/repo' });
  await install({ ...entry, name: 'a:1' });
  expect((await library.list()).map(({ name }) => name)).toEqual([
    'a:1',
    'b:1',
    'hf:owner/repo',
    'hf:Owner/Repo',
  ]);
  const files = (await readdir(join(folder.path, 'manifests'))).map((file) => file.toLowerCase());
  expect(new Set(files).size).toBe(4);
  expect(await readdir(join(folder.path, 'blobs'))).toEqual([`sha256-${entry.sha256}`]);
});

test('a blob without a manifest is not installed', async () => {
  await install();
  await rm(await findManifestPath());
  expect(await library.list()).toEqual([]);
});

test.each([
  ['cut in the middle', () => '{"name": "sample'],
  ['of another shape', () => '{"name": "sample:1m-q4_1"}'],
  ['pointing elsewhere', (text: string) => text.replace('"sample.gguf"', '"../../etc/passwd"')],
  ['of another model', (text: string) => text.replace('sample:1m-q4_1', 'another')],
  ['of a later version', (text: string) => text.replace('"version": 1', '"version": 2')],
])('a manifest %s counts as no model', async (_title, change) => {
  await install();
  const path = await findManifestPath();
  const text = await readFile(path, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
  expect(await library.find(entry.name)).toBeUndefined();
});

test('a missing file is found by the check', async () => {
  const installed = await install();
  await rm(installed.path);
  await expectDamage(library.checkModel(installed), 'its file is missing');
});

test('a file that is not a file is found by the check', async () => {
  const installed = await install();
  await rm(installed.path);
  await mkdir(installed.path);
  await expectDamage(library.checkModel(installed), 'its file cannot be read');
});

test('a file cut short is found by the check', async () => {
  const installed = await install();
  await truncate(installed.path, 49_999);
  await expectDamage(library.checkModel(installed), 'its file has 49999 bytes, not 50000');
});

test('a file of the right size that is no GGUF is found by the check', async () => {
  const installed = await install();
  await writeFile(installed.path, Buffer.alloc(50_000));
  await expectDamage(library.checkModel(installed), 'its file is not a GGUF file');
});

function withOneWrongByte(): Buffer {
  const wrong = Buffer.from(content);
  wrong.writeUInt8(wrong.readUInt8(40_000) ^ 1, 40_000);
  return wrong;
}

test('a modified file is read whole: one wrong byte is found', async () => {
  const installed = await install();
  await writeFile(installed.path, withOneWrongByte());
  const fault = 'its checksum has changed since it was installed';
  await expectDamage(library.checkModel(installed), fault);
  await expectDamage(library.verifyModel(installed), fault);
});

test('a wrong byte behind an unchanged time passes the cheap check but not the full one', async () => {
  const installed = await install();
  await utimes(installed.path, 1_000, 1_000);
  await library.checkModel(installed);
  await writeFile(installed.path, withOneWrongByte());
  await utimes(installed.path, 1_000, 1_000);
  await library.checkModel(installed);
  await expect(library.verifyModel(installed)).rejects.toThrow(ModelLibraryError);
});

test('a touched but right file is trusted again, and the manifest remembers it', async () => {
  const installed = await install();
  await utimes(installed.path, 1_000, 1_000);
  await library.checkModel(installed);
  expect(await library.find(entry.name)).toEqual({ ...installed, mtimeMs: 1_000_000 });
});

test('a manifest that cannot be written does not fail the check of a right file', async () => {
  const installed = await install();
  await utimes(installed.path, 1_000, 1_000);
  const manifestPath = await findManifestPath();
  const text = await readFile(manifestPath, 'utf8');
  // A link in the manifest's folder's place: what is written beside it has nowhere to go, for root too.
  await rm(dirname(manifestPath), { recursive: true });
  const device = join(folder.path, 'elsewhere');
  await mkdir(device);
  await writeFile(join(device, basename(manifestPath)), text);
  await symlink(device, dirname(manifestPath));
  await expect(library.checkModel(installed)).resolves.toBeUndefined();
});
