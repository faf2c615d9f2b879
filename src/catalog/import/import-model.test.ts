import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GgufEntry, sampleEntries, toGguf } from '../../../test/catalog/sample-gguf.ts';
import { createSampleContent, createTestFolder } from '../../../test/catalog/sample-model.ts';
import { createModelLibrary, type ModelLibrary } from '../model-library.ts';
import { findHuggingFaceModels } from './find-hugging-face-models.ts';
import { findOllamaModels } from './find-ollama-models.ts';
import type { ImportCandidate } from './import-candidate.ts';
import { importModel } from './import-model.ts';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: join(folder.path, 'models') });
});
afterEach(() => {
  return folder.close();
});

function toSha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

const content = createSampleContent(50_000);

/** An Ollama folder with these models, each a list of layers. */
async function createOllama(
  models: Readonly<Record<string, readonly (readonly [type: string, content: Buffer])[]>>,
): Promise<string> {
  const ollama = join(folder.path, 'ollama');
  await mkdir(join(ollama, 'blobs'), { recursive: true });
  for (const [path, layers] of Object.entries(models)) {
    const manifestPath = join(ollama, 'manifests', ...path.split('/'));
    await mkdir(join(manifestPath, '..'), { recursive: true });
    const listed = layers.map(([type, bytes]) => ({
      mediaType: `application/vnd.ollama.image.${type}`,
      digest: `sha256:${toSha256(bytes)}`,
      size: bytes.length,
    }));
    await writeFile(manifestPath, JSON.stringify({ schemaVersion: 2, layers: listed }));
    for (const [, bytes] of layers) {
      await writeFile(join(ollama, 'blobs', `sha256-${toSha256(bytes)}`), bytes);
    }
  }
  return ollama;
}

const parameters = Buffer.from(
  JSON.stringify({ stop: ['<|im_end|>'], temperature: 0.6, top_k: 20, num_ctx: 4096, mirostat: 1 }),
);

async function findSample(): Promise<ImportCandidate> {
  const ollama = await createOllama({
    'registry.ollama.ai/library/smollm2/135m': [
      ['model', content],
      ['params', parameters],
      ['license', Buffer.from('Apache License')],
      ['messages', Buffer.from('[]')],
      ['template', Buffer.from('{{ .Prompt }}')],
    ],
  });
  const { candidates } = await findOllamaModels(ollama);
  const [candidate] = candidates;
  if (candidate === undefined) throw new Error('There is no candidate.');
  return candidate;
}

test('a model of Ollama is imported with its parameters, and its file is not copied', async () => {
  const candidate = await findSample();
  expect(candidate.notes).toEqual([
    'The example messages that come with it are not used.',
    expect.stringContaining('Its chat template is written for Ollama and is not used'),
  ]);
  const seen: number[] = [];
  const installed = await importModel(library, candidate, {
    onProgress: (doneBytes) => seen.push(doneBytes),
  });
  expect(installed).toMatchObject({
    name: 'smollm2:135m',
    sha256: toSha256(content),
    parameters: { stop: ['<|im_end|>'], temperature: 0.6, topK: 20 },
    unusedNames: ['num_ctx', 'mirostat'],
  });
  expect(installed.files.map(({ role }) => role)).toEqual(['weights', 'parameters', 'license']);
  expect((await stat(installed.path)).ino).toBe((await stat(candidate.files[0]?.path ?? '')).ino);
  expect(seen.at(-1)).toBe(content.length + parameters.length + 'Apache License'.length);
  expect(await library.check({ withChecksums: true })).toEqual({
    models: ['smollm2:135m'],
    problems: [],
    leftovers: [],
  });
});

test('an import again changes nothing, and a removal leaves Ollama its file and frees nothing', async () => {
  const candidate = await findSample();
  const first = await importModel(library, candidate);
  expect(await importModel(library, candidate)).toEqual(first);
  expect((await library.check()).leftovers).toEqual([]);
  expect(await library.remove('smollm2:135m')).toEqual({ freedBytes: 0 });
  expect((await readFile(candidate.files[0]?.path ?? '')).equals(content)).toBe(true);
  expect(await library.check()).toEqual({ models: [], problems: [], leftovers: [] });
});

test('a file that is gone, changed or no model is a sentence, and leaves nothing behind', async () => {
  const candidate = await findSample();
  const path = candidate.files[0]?.path ?? '';
  await writeFile(path, createSampleContent(50_000));
  await expect(importModel(library, candidate)).rejects.toThrow(
    'does not have the checksum that its name says',
  );
  await writeFile(path, 'something else');
  const unnamed = {
    ...candidate,
    files: [{ ...candidate.files[0], sha256: undefined } as (typeof candidate.files)[0]],
  };
  await expect(importModel(library, unnamed)).rejects.toThrow('It is not a GGUF file.');
  await rm(path);
  await expect(importModel(library, candidate)).rejects.toThrow(`${path} is gone.`);
  expect(await library.check()).toEqual({ models: [], problems: [], leftovers: [] });
});

test('what of Ollama can not be taken over is listed with its reason', async () => {
  const ollama = await createOllama({
    'registry.ollama.ai/someone/mine/latest': [['model', content]],
    'hf.co/owner/repo/Q4_K_M': [['model', content]],
    'registry.ollama.ai/library/tuned/1b': [
      ['model', content],
      ['adapter', Buffer.from('x')],
    ],
    'registry.ollama.ai/library/nothing/1b': [['license', Buffer.from('x')]],
  });
  await writeFile(join(ollama, 'manifests', 'registry.ollama.ai', 'library', 'nothing', '2b'), '{');
  const { candidates, skipped } = await findOllamaModels(ollama);
  expect(candidates.map(({ name }) => name)).toEqual([
    'ollama:hf.co/owner/repo:Q4_K_M',
    'ollama:someone/mine:latest',
  ]);
  expect(skipped).toEqual([
    { name: 'nothing:1b', reason: 'it has no weights in a GGUF file' },
    { name: 'nothing:2b', reason: "its manifest can't be read" },
    { name: 'tuned:1b', reason: 'it is another model with an adapter, which only Ollama applies' },
  ]);
});

/** A cache with one repository, whose files lie in blobs of their SHA-256. */
async function createHub(files: Readonly<Record<string, Buffer>>): Promise<string> {
  const hub = join(folder.path, 'hub');
  const repository = join(hub, 'models--owner--some--repo');
  const snapshot = join(repository, 'snapshots', 'c0ffee');
  await mkdir(join(repository, 'blobs'), { recursive: true });
  await mkdir(join(repository, 'refs'));
  await writeFile(join(repository, 'refs', 'main'), 'c0ffee');
  for (const [path, bytes] of Object.entries(files)) {
    const blob = join(repository, 'blobs', toSha256(bytes));
    await writeFile(blob, bytes);
    await mkdir(join(snapshot, path, '..'), { recursive: true });
    await symlink(blob, join(snapshot, path));
  }
  return hub;
}

const split: GgufEntry = ['split.count', { type: 'uint32', value: 2 }];

test('models of Hugging Face’s cache are imported, shards under the names that llama.cpp looks for', async () => {
  const shards = [
    toGguf(Buffer.alloc(64, 1), [...sampleEntries, split]),
    toGguf(Buffer.alloc(32, 2), [split]),
  ];
  const hub = await createHub({
    'README.md': Buffer.from('# A model'),
    'model.Q4_1.gguf': content,
    'big/model-00001-of-00002.gguf': shards[0] ?? content,
    'big/model-00002-of-00002.gguf': shards[1] ?? content,
    'half/model-00001-of-00003.gguf': shards[0] ?? content,
  });
  const { candidates, skipped } = await findHuggingFaceModels(hub);
  expect(candidates.map(({ name }) => name)).toEqual([
    'hf:owner/some--repo/big/model-00001-of-00002.gguf',
    'hf:owner/some--repo/model.Q4_1.gguf',
  ]);
  expect(skipped).toEqual([
    { name: 'hf:owner/some--repo/half/model-00001-of-00003.gguf', reason: 'not all of its shards are there' },
  ]);
  const [sharded] = await Promise.all(candidates.map((candidate) => importModel(library, candidate)));
  expect(sharded?.facts).toMatchObject({ splitCount: 2, parameterCount: 96 });
  expect(sharded?.path.endsWith('model-00001-of-00002.gguf')).toBe(true);
  const second = join(sharded?.path ?? '', '..', 'model-00002-of-00002.gguf');
  expect((await readFile(second)).equals(shards[1] ?? content)).toBe(true);
  expect((await library.check({ withChecksums: true })).problems).toEqual([]);
});

test('links to shards that are gone are noticed, mended by a repair and by the check of a start', async () => {
  const shards = [
    toGguf(Buffer.alloc(64, 1), [...sampleEntries, split]),
    toGguf(Buffer.alloc(32, 2), [split]),
  ];
  const hub = await createHub({
    'model-00001-of-00002.gguf': shards[0] ?? content,
    'model-00002-of-00002.gguf': shards[1] ?? content,
  });
  const [candidate] = (await findHuggingFaceModels(hub)).candidates;
  if (candidate === undefined) throw new Error('There is no candidate.');
  const installed = await importModel(library, candidate);
  await rm(installed.path);
  expect((await library.check()).problems).toMatchObject([{ kind: 'wrong-links', name: installed.name }]);
  expect((await library.repair()).report.problems).toEqual([]);
  await rm(join(installed.path, '..'), { recursive: true });
  await library.checkModel(installed);
  expect((await library.check()).problems).toEqual([]);
});

test('a file that was imported by a symbolic link and vanished is reported with the place where it was', async () => {
  const candidate = await findSample();
  const installed = await importModel(library, candidate);
  const outside = candidate.files[0]?.path ?? '';
  // As on another file system, where there is no hard link.
  await rm(installed.path);
  await symlink(outside, installed.path);
  expect((await library.check({ withChecksums: true })).problems).toEqual([]);
  expect((await lstat(installed.path)).isSymbolicLink()).toBe(true);
  await rm(outside);
  expect((await library.check()).problems).toEqual([
    {
      kind: 'outside-gone',
      name: 'smollm2:135m',
      message: `The model smollm2:135m is damaged: it was imported from ${outside}, which is gone. Run \`gravix pull smollm2:135m --force\` to pull it again, or \`gravix rm smollm2:135m\`.`,
    },
  ]);
});

test('folders that are not there have no models', async () => {
  const nothing = { candidates: [], skipped: [] };
  expect(await findOllamaModels(join(folder.path, 'none'))).toEqual(nothing);
  expect(await findHuggingFaceModels(join(folder.path, 'none'))).toEqual(nothing);
});
