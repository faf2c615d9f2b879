import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createModelLibrary } from '../../src/catalog/model-library.ts';
import { type ChurnSource, churnLibrary, installFromSource, writeSourceFile } from './churn-library.ts';
import { toGguf } from './sample-gguf.ts';
import { createSampleContent, createTestFolder } from './sample-model.ts';

/** From the first removal on, in milliseconds: some dozen installs and removals. */
const killAfterMsMax = 300;

/**
 * Kills a process `times` times while it installs and removes models that share files with models that stay, and while
 * this process does the same. Afterwards those that stay are whole, and a repair leaves nothing over.
 */
export async function killChurns(
  times: number,
): Promise<{ readonly removals: number; readonly left: number }> {
  const folder = await createTestFolder();
  try {
    const models = join(folder.path, 'models');
    const source = await createSource(join(folder.path, 'source'));
    const library = createModelLibrary({ folder: models });
    const { weights, texts } = source;
    const kept = texts.slice(0, 1);
    await installFromSource(
      library,
      { ...source, weights: weights.slice(0, 2), texts: kept },
      'stays:sharded',
    );
    await installFromSource(library, { ...source, weights: weights.slice(2), texts: kept }, 'stays:single');
    const figures = { removals: 0, left: 0 };
    for (let kill = 0; kill < times; kill++) {
      figures.removals += await killOnce(models, source);
      figures.left += (await library.check()).leftovers.length;
      await library.repair();
      await expectWhole(models, source);
    }
    return figures;
  } finally {
    await folder.close();
  }
}

/** Two shards, and a file of its own. */
async function createSource(folder: string): Promise<ChurnSource> {
  await mkdir(folder);
  const split = ['split.count', { type: 'uint32', value: 2 }] as const;
  const architecture = ['general.architecture', { type: 'string', value: 'llama' }] as const;
  const shard = (fill: number) => toGguf(Buffer.alloc(50_000, fill), [architecture, split]);
  return {
    folder,
    weights: [
      await writeSourceFile(folder, 'm-00001-of-00002.gguf', shard(1)),
      await writeSourceFile(folder, 'm-00002-of-00002.gguf', shard(2)),
      await writeSourceFile(folder, 'single.gguf', createSampleContent(50_000)),
    ],
    texts: [
      await writeSourceFile(folder, 'LICENSE', Buffer.from('Do what you like.')),
      // Only the models that go have it, so that the last of them to be removed takes it along.
      await writeSourceFile(folder, 'NOTICE', Buffer.from('Somebody else likes it too.')),
    ],
  };
}

function shardsOf(source: ChurnSource): ChurnSource {
  return { ...source, weights: source.weights.slice(0, 2) };
}

async function killOnce(models: string, source: ChurnSource): Promise<number> {
  const job = JSON.stringify({ models, source: shardsOf(source), names: ['goes:a', 'goes:b'] });
  const program = join(import.meta.dirname, 'churn-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, job], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  let isOver = false;
  const library = createModelLibrary({ folder: models });
  const churning = churnLibrary(library, shardsOf(source), ['goes:here'], () => isOver);
  await sleep(Math.random() * killAfterMsMax);
  child.kill('SIGKILL');
  const [exitCode, signal] = await ended;
  isOver = true;
  expect({ exitCode, signal }).toEqual({ exitCode: null, signal: 'SIGKILL' });
  return churning;
}

/** The killed process's models are there whole or not at all; those that stay have every byte. */
async function expectWhole(models: string, source: ChurnSource): Promise<void> {
  const library = createModelLibrary({ folder: models });
  const report = await library.check({ withChecksums: true });
  expect(report.problems).toEqual([]);
  expect(report.leftovers.filter(({ kind }) => kind !== 'partial-download')).toEqual([]);
  expect(report.models).toEqual(expect.arrayContaining(['stays:sharded', 'stays:single']));
  const sharded = await library.find('stays:sharded');
  const content = await readFile(join(source.folder, 'm-00001-of-00002.gguf'));
  expect((await readFile(sharded?.path ?? '')).equals(content)).toBe(true);
  expect(sharded?.path.endsWith('m-00001-of-00002.gguf')).toBe(true);
}
