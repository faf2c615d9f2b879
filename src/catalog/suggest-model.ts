import { listSizedModels, type SizedModel } from './list-sized-models.ts';

/** Weights of the largest model that is suggested, in bytes: a processor reads all of them for each token. */
const suggestedBytesMax = 5e9;

/**
 * The largest model of the catalogue that chats, calls tools, answers without long thoughts and fits; of those of one size
 * the first. Undefined where that is none, or one of those that are installed.
 */
export function suggestModel(memoryBytes: number, installedNames: readonly string[]): SizedModel | undefined {
  const suggested = listSizedModels(memoryBytes)
    .filter(({ capabilities }) => capabilities.includes('tools') && !capabilities.includes('reasoning'))
    .filter(({ quantization }) => quantization === 'Q4_K_M')
    .filter(({ fits, sizeBytes }) => fits === true && (sizeBytes ?? Number.MAX_VALUE) <= suggestedBytesMax)
    .reduce<SizedModel | undefined>(
      (best, model) => ((model.sizeBytes ?? 0) > (best?.sizeBytes ?? 0) ? model : best),
      undefined,
    );
  return suggested === undefined || installedNames.includes(suggested.name) ? undefined : suggested;
}
