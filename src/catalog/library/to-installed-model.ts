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
  return {
    name,
    path: toModelPath(layout, manifest),
    sizeBytes: weights.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sha256: weights[0]?.sha256 ?? '',
    mtimeMs: weights[0]?.mtimeMs ?? 0,
    license,
    origin,
    parameters: joinParameters(facts.sampling, parameters),
    unusedNames: unusedNames ?? [],
    systemText,
    facts,
    files: files.map(({ mtimeMs: _mtimeMs, ...file }) => file),
  };
}

/** Whoever publishes a model with parameters means those, and not what a converter wrote into its file. */
function joinParameters(
  sampling: ModelManifest['facts']['sampling'],
  parameters: ModelParameters | undefined,
): ModelParameters | undefined {
  if (sampling === undefined) return parameters;
  const own = Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined);
  return modelParametersSchema.parse({ ...sampling, ...Object.fromEntries(own) });
}
