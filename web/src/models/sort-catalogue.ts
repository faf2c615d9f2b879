import type { CatalogueFamily, CatalogueModel } from '../api/model-wire.ts';
import { createWordSearch } from '../ui/search-words.ts';

export type CatalogueOrder = 'family' | 'smallest' | 'largest' | 'name';

export interface CatalogueFilter {
  readonly text: string;
  /** `any`, or what the models must do. */
  readonly capability: string;
  readonly onlyFitting: boolean;
}

/** The families with what the filter finds of them. A model of unknown size may fit. */
export function filterCatalogue(
  families: readonly CatalogueFamily[],
  { text, capability, onlyFitting }: CatalogueFilter,
): readonly CatalogueFamily[] {
  const matches = createWordSearch(text);
  return families
    .map((family) => ({
      ...family,
      models: family.models.filter(
        (model) =>
          matches(toSearchText(family, model)) &&
          (capability === 'any' || model.capabilities.includes(capability)) &&
          !(onlyFitting && model.fits === false),
      ),
    }))
    .filter(({ models }) => models.length > 0);
}

/** The models of all families in one order. Those of unknown size come last. */
export function sortCatalogue(
  families: readonly CatalogueFamily[],
  order: Exclude<CatalogueOrder, 'family'>,
): readonly CatalogueModel[] {
  const models = families.flatMap((family) => family.models);
  if (order === 'name') {
    return models.toSorted((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));
  }
  const sign = order === 'smallest' ? 1 : -1;
  return models.toSorted(({ size_bytes: one }, { size_bytes: other }) => {
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * (one - other);
  });
}

function toSearchText({ name, description }: CatalogueFamily, model: CatalogueModel): string {
  const { id, parameter_size, quantization, license, capabilities } = model;
  return [name, description, id, parameter_size, quantization, license, ...capabilities].join(' ');
}
