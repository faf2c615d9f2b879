import type { InstalledModel } from './installed-model.ts';
import type { LibraryLayout } from './library-layout.ts';
import { listWeights, toModelPath } from './link-shards.ts';
import type { ModelManifest } from './model-manifest.ts';

export function toInstalledModel(layout: LibraryLayout, manifest: ModelManifest): InstalledModel {
  const { version: _, name, origin, license, facts, parameters, files, ...unhandled } = manifest;
  unhandled satisfies Record<string, never>;
  const weights = listWeights(manifest);
  return {
    name,
    path: toModelPath(layout, manifest),
    sizeBytes: weights.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sha256: weights[0]?.sha256 ?? '',
    mtimeMs: weights[0]?.mtimeMs ?? 0,
    license,
    origin,
    parameters,
    facts,
    files: files.map(({ mtimeMs: _mtimeMs, ...file }) => file),
  };
}
