import { join } from 'node:path';
import { defaultModelName, findCatalogEntry } from '../src/catalog/catalog.ts';
import type { CatalogEntry } from '../src/catalog/catalog-entry.ts';

/** The data folder that the model tests share; it is kept between runs, so that the model is pulled once. */
export const testHome = join(import.meta.dirname, '..', '.cache', 'test-home');

export const testModelsFolder = join(testHome, 'models');

/** The model file's name in the folder `blobs` of a models folder. */
export const testModelBlob = `sha256-${testModelEntry().sha256}`;

export function testModelEntry(): CatalogEntry {
  const entry = findCatalogEntry(defaultModelName);
  if (entry === undefined) throw new Error('The default model is not in the catalogue.');
  return entry;
}

/** Absolute path of the real model file, there before any model test starts. */
export function testModelPath(): string {
  return join(testModelsFolder, 'blobs', testModelBlob);
}
