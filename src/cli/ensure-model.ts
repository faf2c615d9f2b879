import { openModelLibrary } from '../app.ts';
import { catalogEntries, findCatalogEntry } from '../catalog/catalog.ts';
import type { CatalogEntry } from '../catalog/catalog-entry.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import { pullModel } from '../catalog/pull-model.ts';
import { toCatalogPlan } from '../catalog/pull-plan.ts';
import type { Config } from '../config/config.ts';
import { createPullProgress } from './pull-progress.ts';

/** A model name that the catalogue does not have. */
export class UnknownModelError extends Error {
  constructor(name: string) {
    const known = catalogEntries.map((entry) => entry.name).join(', ');
    super(`There is no model ${name} in the catalogue. It has: ${known}.`);
    this.name = 'UnknownModelError';
  }
}

export interface EnsureModelOptions {
  readonly config: Config;
  readonly name: string;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly errorOutput: NodeJS.WriteStream;
}

/** The model on disk: found and checked, or pulled now with its progress shown. */
export async function ensureModel(options: EnsureModelOptions): Promise<InstalledModel> {
  const { config, name, force } = options;
  const library = openModelLibrary(config);
  const installed = await library.find(name);
  if (installed !== undefined && !force) {
    await library.checkModel(installed);
    return installed;
  }
  const entry = findCatalogEntry(name);
  if (entry === undefined) {
    throw new UnknownModelError(name);
  }
  return pullWithProgress(entry, options);
}

async function pullWithProgress(entry: CatalogEntry, options: EnsureModelOptions): Promise<InstalledModel> {
  const { config, force, signal, errorOutput } = options;
  const view = createPullProgress(errorOutput);
  try {
    return await pullModel({
      plan: toCatalogPlan(entry),
      library: openModelLibrary(config),
      force,
      signal,
      onProgress: (progress) => view.report(progress),
      ...(config.huggingFaceEndpoint === undefined
        ? {}
        : { huggingFaceEndpoint: config.huggingFaceEndpoint }),
    });
  } finally {
    view.close();
  }
}
