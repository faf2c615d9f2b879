import type { CatalogModel, ModelCapability } from '../catalog/catalog-model.ts';
import { estimateSizeBytes } from '../catalog/estimate-size.ts';
import { listCatalogModels } from '../catalog/list-catalog-models.ts';
import { modelFamilies } from '../catalog/model-families.ts';

/** A model of the catalogue that is not served yet. */
export interface PullableModel
  extends Pick<CatalogModel, 'name' | 'parameterSize' | 'quantization' | 'contextLength' | 'license'> {
  /** What it is made for. */
  readonly capabilities: readonly ModelCapability[];
  readonly sizeBytes: number | undefined;
  /** The size is made from the name: a small model may really have half as much again. */
  readonly isSizeEstimated: boolean;
}

/** Models that are one but for size and quantization. */
export interface PullableFamily {
  readonly name: string;
  readonly description: string;
  readonly models: readonly PullableModel[];
}

/** What the catalogue has beside the models of these names, in its order. */
export function listPullableFamilies(servedNames: readonly string[]): readonly PullableFamily[] {
  const served = new Set(servedNames.map((name) => name.toLowerCase()));
  const wanted = listCatalogModels().filter(({ name }) => !served.has(name.toLowerCase()));
  const names = [...new Set(wanted.map(({ family }) => family))];
  return names.map((name) => {
    const models = wanted.filter(({ family }) => family === name);
    const family = modelFamilies.find((candidate) => candidate.name === name);
    const description = family?.description ?? models[0]?.description ?? '';
    return { name, description, models: models.map(toPullableModel) };
  });
}

function toPullableModel(model: CatalogModel): PullableModel {
  const { name, parameterSize, quantization, contextLength, license, capabilities } = model;
  return {
    ...{ name, parameterSize, quantization, contextLength, license, capabilities },
    sizeBytes: model.sizeBytes ?? estimateSizeBytes(parameterSize, quantization),
    isSizeEstimated: model.sizeBytes === undefined,
  };
}
