import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { computeFileSha256 } from '../../src/catalog/file-checksum.ts';
import { readGgufFacts } from '../../src/catalog/gguf/read-gguf-facts.ts';
import { createModelLibrary } from '../../src/catalog/model-library.ts';
import { generateOnce } from '../generate-once.ts';
import { testModelPath } from '../test-model.ts';
import { createTestFolder } from './sample-model.ts';
import { splitGguf } from './split-gguf.ts';

test('a real model in two shards is installed, loaded by its links, and says what the whole one says', async () => {
  const folder = await createTestFolder();
  try {
    const paths = await splitGguf(testModelPath(), folder.path);
    const library = createModelLibrary({ folder: join(folder.path, 'models') });
    const files = await Promise.all(
      paths.map(async (path) => ({
        role: 'weights' as const,
        fileName: basename(path),
        sha256: await computeFileSha256(path),
        sizeBytes: (await stat(path)).size,
        path,
      })),
    );
    const installed = await library.install({
      name: 'sharded:1',
      origin: 'a test',
      license: undefined,
      files,
    });
    const whole = await readGgufFacts(testModelPath());
    expect(installed.facts).toEqual({ ...whole, splitCount: 2, sizeBytes: installed.sizeBytes });
    const question = 'What is the capital of France?';
    const answer = await generateOnce(installed.path, question);
    expect(answer.completionTokens).toBeGreaterThan(0);
    expect(answer).toEqual(await generateOnce(testModelPath(), question));
  } finally {
    await folder.close();
  }
});
