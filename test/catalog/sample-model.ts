import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogEntry, ModelSource } from '../../src/catalog/catalog-entry.ts';
import { type PullPlan, toCatalogPlan } from '../../src/catalog/pull-plan.ts';
import { toGguf } from './sample-gguf.ts';

/** A GGUF file whose tensor is random, so that no two places are alike. */
export function createSampleContent(sizeBytes: number): Buffer {
  const headerBytes = toGguf(Buffer.alloc(0)).length;
  return toGguf(randomBytes(sizeBytes - headerBytes));
}

export function createSamplePlan(content: Buffer, sources: readonly ModelSource[]): PullPlan {
  return toCatalogPlan(createSampleEntry(content, sources));
}

export function createSampleEntry(content: Buffer, sources: readonly ModelSource[]): CatalogEntry {
  return {
    name: 'sample:1m-q4_1',
    description: 'Random bytes.',
    license: 'CC0-1.0',
    file: 'sample.gguf',
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    sources,
  };
}

/** A folder of a test's own. */
export async function createTestFolder() {
  const path = await mkdtemp(join(tmpdir(), 'gravix-catalog-'));
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
