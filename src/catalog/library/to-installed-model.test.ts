import { expect, test } from 'vitest';
import { defaultModelName, findCatalogEntry } from '../catalog.ts';
import { toLibraryLayout } from './library-layout.ts';
import type { ModelManifest } from './model-manifest.ts';
import { toInstalledModel } from './to-installed-model.ts';

const sha256 = findCatalogEntry(defaultModelName)?.sha256 ?? '';

function install(changes: Partial<ModelManifest>, blob = sha256) {
  const manifest: ModelManifest = {
    version: 1,
    name: defaultModelName,
    origin: 'a test',
    license: undefined,
    facts: {
      architecture: 'llama',
      parameterCount: 1,
      quantization: 'Q4_1',
      isEmbedding: false,
      sizeBytes: 4,
      contextLength: 2048,
      chatTemplate: undefined,
      license: undefined,
    },
    files: [{ role: 'weights', fileName: 'a.gguf', sha256: blob, sizeBytes: 4, mtimeMs: 0 }],
    ...changes,
  } as ModelManifest;
  return toInstalledModel(toLibraryLayout('/models'), manifest).parameters;
}

test("a file of the catalogue has its makers' sampling", () => {
  expect(install({})).toEqual({ temperature: 0.2, topP: 0.9 });
});

test('what it brings itself counts more', () => {
  expect(install({ parameters: { temperature: 0.7 } })).toEqual({ temperature: 0.7, topP: 0.9 });
});

test('another file, or another name, has none of it', () => {
  expect(install({}, 'a'.repeat(64))).toBeUndefined();
  expect(install({ name: 'mine:latest' })).toBeUndefined();
});
