import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChurnSource, churnLibrary, writeSourceFile } from '../../../test/catalog/churn-library.ts';
import { installSampleModel } from '../../../test/catalog/install-sample-model.ts';
import { createSampleContent, createTestFolder } from '../../../test/catalog/sample-model.ts';
import { createModelLibrary, type ModelLibrary } from '../model-library.ts';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: join(folder.path, 'models') });
});
afterEach(() => folder.close());

test('a removal frees what no other model has', async () => {
  const shared = createSampleContent(30_000);
  await installSampleModel(folder.path, 'a:1', shared);
  await installSampleModel(folder.path, 'a:2', shared);
  expect(await library.remove('a:1')).toEqual({ freedBytes: 0 });
  expect(await library.remove('a:2')).toEqual({ freedBytes: 30_000 });
  await expect(library.remove('a:2')).rejects.toThrow('There is no installed model a:2. None is installed.');
  expect(await library.check()).toEqual({ models: [], problems: [], leftovers: [] });
});

test('an install in the place of another frees the other’s file', async () => {
  const first = await installSampleModel(folder.path, 'a:1');
  const second = await installSampleModel(folder.path, 'a:1');
  expect(second.sha256).not.toBe(first.sha256);
  expect(await library.findBlob(first.sha256)).toBeUndefined();
  expect(await library.check()).toEqual({ models: ['a:1'], problems: [], leftovers: [] });
});

test('a removal beside an install of the same file never takes it away', { timeout: 60_000 }, async () => {
  const sourceFolder = join(folder.path, 'source');
  await mkdir(sourceFolder);
  const source: ChurnSource = {
    folder: sourceFolder,
    weights: [await writeSourceFile(sourceFolder, 'm.gguf', createSampleContent(20_000))],
    texts: [],
  };
  const rounds = 40;
  const churn = (name: string) => {
    let left = rounds;
    return churnLibrary(createModelLibrary({ folder: library.folder }), source, [name], () => left-- === 0);
  };
  // Each checks its model after each install; without turns, one of them soon finds its file gone.
  expect(await Promise.all([churn('x:1'), churn('x:2'), churn('x:3')])).toEqual([rounds, rounds, rounds]);
  expect(await library.check()).toEqual({ models: [], problems: [], leftovers: [] });
});
