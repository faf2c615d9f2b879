import type { CatalogModel, ModelCapability } from '../../catalog/catalog-model.ts';
import { listCatalogModels } from '../../catalog/list-catalog-models.ts';
import { listSizedModels, type SizedModel } from '../../catalog/list-sized-models.ts';
import { modelFamilies } from '../../catalog/model-families.ts';
import { readModelMemoryBytes } from '../../catalog/model-memory.ts';

/** A model of the catalogue that is not served yet. */
export interface PullableModel
  extends Pick<CatalogModel, 'name' | 'parameterSize' | 'quantization' | 'contextLength' | 'license'> {
  /** The tasks of the model. */
  readonly capabilities: readonly ModelCapability[];
  readonly sizeBytes: number | undefined;
  /** The size is made from the name: a small model may really have half as much again. */
  readonly isSizeEstimated: boolean;
  /** Whether it should run in the memory that models may have here; undefined where its size is not known. */
  readonly fits: boolean | undefined;
}

/** Models that are one but for size and quantization. */
export interface PullableFamily {
  readonly name: string;
  readonly description: string;
  readonly models: readonly PullableModel[];
}

/**
 * The models of the catalogue except the given names: families in catalogue order, the smallest model of each
 * family first.
 * @param modelMemoryBytesMax the operator's limit for all models together
 */
export function listPullableFamilies(
  servedNames: readonly string[],
  modelMemoryBytesMax?: number,
): readonly PullableFamily[] {
  const served = new Set(servedNames.map((name) => name.toLowerCase()));
  const isWanted = ({ name }: Pick<CatalogModel, 'name'>) => !served.has(name.toLowerCase());
  const wanted = listSizedModels(readModelMemoryBytes(modelMemoryBytesMax)).filter(isWanted);
  const names = [
    ...new Set(
      listCatalogModels()
        .filter(isWanted)
        .map(({ family }) => family),
    ),
  ];
  return names.map((name) => {
    const models = wanted.filter(({ family }) => family === name);
    const family = modelFamilies.find((candidate) => candidate.name === name);
    const description = family?.description ?? models[0]?.description ?? '';
    return { name, description, models: models.map(toPullableModel) };
  });
}

function toPullableModel(model: SizedModel): PullableModel {
  const { name, parameterSize, quantization, contextLength, license, capabilities } = model;
  const { sizeBytes, isSizeEstimated, fits } = model;
  return {
    name,
    parameterSize,
    quantization,
    contextLength,
    license,
    capabilities,
    sizeBytes,
    isSizeEstimated,
    fits,
  };
}
