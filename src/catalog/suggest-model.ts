import { listSizedModels, type SizedModel } from './list-sized-models.ts';

/** Maximum weights of a suggested model in bytes. A CPU reads all weights for each token. */
const suggestedBytesMax = 5e9;

/**
 * The largest model in the catalogue that chats, calls tools, answers without long reasoning and fits; the
 * first of equal size. Undefined if there is none, or if it is installed.
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
