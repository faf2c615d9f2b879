import type { CatalogModel } from './catalog-model.ts';
import { estimateSizeBytes } from './estimate-size.ts';
import { listCatalogModels } from './list-catalog-models.ts';

/** A model of the catalogue, with the size that is known or made from its name. */
export interface SizedModel extends CatalogModel {
  readonly isSizeEstimated: boolean;
  /** Whether it should run in the memory that models may have; undefined where its size is not known. */
  readonly fits: boolean | undefined;
}

/**
 * Smallest first, so that models that fit come before models that don't. Models of unknown size come last.
 */
export function listSizedModels(memoryBytes: number): readonly SizedModel[] {
  const models = listCatalogModels().map((model): SizedModel => {
    const sizeBytes = model.sizeBytes ?? estimateSizeBytes(model.parameterSize, model.quantization);
    const fits = sizeBytes === undefined ? undefined : fitsMemory(sizeBytes, memoryBytes);
    return { ...model, sizeBytes, isSizeEstimated: model.sizeBytes === undefined, fits };
  });
  const toOrder = ({ sizeBytes = Number.MAX_SAFE_INTEGER }: SizedModel) => sizeBytes;
  return models.sort((first, second) => toOrder(first) - toOrder(second));
}

/** Memory of a running model per byte of its weights: the weights, the contexts and the work buffers. */
const memoryPerWeight = 1.25;

/** A rough estimate of whether a model with weights of this size fits into this much memory. The engine measures it at load time. */
export function fitsMemory(weightBytes: number, memoryBytes: number): boolean {
  return weightBytes * memoryPerWeight <= memoryBytes;
}
