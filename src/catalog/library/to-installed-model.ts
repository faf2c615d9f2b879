import { findCatalogEntry } from '../catalog.ts';
import type { InstalledModel } from './installed-model.ts';
import type { LibraryLayout } from './library-layout.ts';
import { listWeights, toModelPath } from './link-shards.ts';
import type { ModelManifest } from './model-manifest.ts';
import { type ModelParameters, modelParametersSchema } from './model-parameters.ts';

export function toInstalledModel(layout: LibraryLayout, manifest: ModelManifest): InstalledModel {
  const { version: _, name, origin, license, facts, files, ...settings } = manifest;
  const { parameters, unusedNames, systemText, ...unhandled } = settings;
  unhandled satisfies Record<string, never>;
  const weights = listWeights(manifest);
  const entry = findCatalogEntry(name);
  const recommended = entry?.sha256 === weights[0]?.sha256 ? entry?.parameters : undefined;
  return {
    name,
    path: toModelPath(layout, manifest),
    sizeBytes: weights.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sha256: weights[0]?.sha256 ?? '',
    mtimeMs: weights[0]?.mtimeMs ?? 0,
    license,
    origin,
    parameters: joinParameters(facts.sampling, recommended, parameters),
    unusedNames: unusedNames ?? [],
    systemText,
    facts,
    files: files.map(({ mtimeMs: _mtimeMs, ...file }) => file),
  };
}

/**
 * Parameters from the publisher override the ones that a converter wrote into the file. Later entries win.
 */
function joinParameters(
  ...sources: readonly (ModelManifest['facts']['sampling'] | ModelParameters)[]
): ModelParameters | undefined {
  const given = sources.filter((source) => source !== undefined);
  if (given.length === 0) return undefined;
  const entries = given.flatMap((source) => Object.entries(source));
  return modelParametersSchema.parse(Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}
