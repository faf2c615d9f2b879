import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogEntry, ModelSource } from '../../src/catalog/catalog-entry.ts';

/** Bytes that begin as a GGUF file does and go on at random, so that no two places are alike. */
export function createSampleContent(sizeBytes: number): Buffer {
  return Buffer.concat([Buffer.from('GGUF'), randomBytes(sizeBytes - 4)]);
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
