import { findCatalogModel } from './list-catalog-models.ts';
import { type ModelReference, ModelReferenceError, parseModelReference } from './model-reference.ts';

/** The name under which a pull installs this reference by default. */
export function toInstalledName(reference: ModelReference): string {
  return reference.kind === 'catalog'
    ? (findCatalogModel(reference.name)?.name ?? reference.name)
    : reference.name;
}

/**
 * The whole name for one that leaves out what a registry has a default for, as Ollama reads them: `qwen2.5:7b` has a
 * quantization, and `ollama:qwen2.5` the tag `latest`. Any other stays as it is.
 */
export function toFullModelName(written: string): string {
  const reference = parseIfPossible(written);
  return reference?.kind === 'catalog' || reference?.kind === 'ollama' ? toInstalledName(reference) : written;
}

function parseIfPossible(written: string): ModelReference | undefined {
  try {
    return parseModelReference(written);
  } catch (error) {
    if (error instanceof ModelReferenceError) return undefined;
    throw error;
  }
}
