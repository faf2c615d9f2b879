import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { findCatalogEntry } from './catalog.ts';
import type { HuggingFaceSource } from './catalog-entry.ts';
import type { OllamaSource } from './catalog-model.ts';
import { isGgufFile } from './is-gguf-file.ts';
import { findCatalogModel } from './list-catalog-models.ts';
import type { FileReference, ModelReference, UrlReference } from './model-reference.ts';
import { createAllSourcesFailedError, PullError, SourceError } from './pull-error.ts';
import { type PullPlan, toCatalogPlan } from './pull-plan.ts';
import { planFromHuggingFace } from './registry/hugging-face.ts';
import { planFromOllama } from './registry/ollama-registry.ts';
import type { PlanSettings } from './registry/plan-settings.ts';

/**
 * Creates the plan for `reference`. Asks its registry.
 * @throws UnknownModelError, PullError, or the signal's reason if aborted
 */
export async function createPullPlan(reference: ModelReference, settings: PlanSettings): Promise<PullPlan> {
  switch (reference.kind) {
    case 'catalog':
      return planFromCatalog(reference.name, settings);
    case 'huggingface':
      return withSentence(reference, `Hugging Face ${reference.repository}`, () =>
        planFromHuggingFace(reference, settings),
      );
    case 'ollama':
      return withSentence(reference, "Ollama's registry", () => planFromOllama(reference, settings));
    case 'url':
      return planFromUrl(reference);
    case 'file':
      return planFromFile(reference);
  }
}

/** The catalogue has no model with this name. */
export class UnknownModelError extends Error {
  constructor(name: string) {
    super(
      `There is no model ${name} in the catalogue. Pull a model from elsewhere as hf:owner/repository:Q4_K_M, ollama:${name} or with its https URL.`,
    );
    this.name = 'UnknownModelError';
  }
}

/** A catalogue entry needs no network. Other names refer to a registry. */
async function planFromCatalog(written: string, settings: PlanSettings): Promise<PullPlan> {
  const model = findCatalogModel(written);
  if (model === undefined) throw new UnknownModelError(written);
  const { name, license, source } = model;
  if (source === undefined) {
    const entry = findCatalogEntry(name);
    if (entry === undefined) throw new UnknownModelError(written);
    return toCatalogPlan(entry);
  }
  const plan = await createPullPlan(toReference(name, source), settings);
  return { ...plan, license: plan.license ?? license };
}

function toReference(name: string, source: OllamaSource | HuggingFaceSource): ModelReference {
  if (source.kind === 'huggingface') {
    return { kind: 'huggingface', name, repository: source.repository, revision: 'main', file: source.file };
  }
  const [namespace = 'library', model = ''] = source.name.split('/');
  return { kind: 'ollama', name, namespace, model, tag: source.tag };
}

/** For a URL, neither size nor checksum is known in advance. */
function planFromUrl({ name, url }: UrlReference): PullPlan {
  const { host, pathname } = new URL(url);
  return {
    kind: 'url',
    name,
    origin: `${host}${pathname}`,
    files: [
      {
        role: 'weights',
        fileName: `${name}.gguf`,
        sizeBytes: undefined,
        sha256: undefined,
        sources: [{ kind: 'http', url }],
      },
    ],
    notes: ['The checksum of this file is not known in advance, so the file is not verified.'],
  };
}

async function planFromFile({ name, path }: FileReference): Promise<PullPlan> {
  const absolutePath = resolve(path);
  const found = await stat(absolutePath).catch(() => undefined);
  if (found?.isFile() !== true) throw new PullError(`There is no file ${absolutePath}.`);
  const isGguf = await isGgufFile(absolutePath).catch((error: unknown) => {
    throw new PullError(`The file ${absolutePath} can't be read.`, error);
  });
  if (!isGguf) throw new PullError(`The file ${absolutePath} is not a GGUF file.`);
  return {
    kind: 'file',
    name,
    origin: absolutePath,
    files: [
      {
        role: 'weights',
        fileName: basename(absolutePath),
        sizeBytes: found.size,
        sha256: undefined,
        sources: [{ kind: 'file', path: absolutePath }],
      },
    ],
    notes: [],
  };
}

async function withSentence(
  reference: ModelReference,
  source: string,
  plan: () => Promise<PullPlan>,
): Promise<PullPlan> {
  try {
    return await plan();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw createAllSourcesFailedError(reference, [{ source, error }]);
  }
}
