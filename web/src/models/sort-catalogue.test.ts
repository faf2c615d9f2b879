import { expect, test } from 'vitest';
import type { CatalogueFamily, CatalogueModel } from '../api/model-wire.ts';
import { filterCatalogue, sortCatalogue } from './sort-catalogue.ts';

function toModel(id: string, size: number | null, rest: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id,
    parameter_size: '1B',
    quantization: 'Q4_K_M',
    context_length: null,
    license: 'MIT',
    capabilities: ['chat'],
    size_bytes: size,
    size_estimated: true,
    fits: true,
    ...rest,
  };
}

const families: readonly CatalogueFamily[] = [
  {
    name: 'owl',
    description: 'Owls by Ana',
    models: [toModel('owl:2b', 2), toModel('owl:10b', 10, { fits: false }), toModel('owl:x', null)],
  },
  { name: 'vec', description: 'Vectors', models: [toModel('vec:1b', 1, { capabilities: ['embeddings'] })] },
];

const all = { text: '', capability: 'any', onlyFitting: false } as const;

const found = (filter: Partial<Parameters<typeof filterCatalogue>[1]>) =>
  filterCatalogue(families, { ...all, ...filter }).flatMap(({ models }) => models.map(({ id }) => id));

test.each([
  [{}, ['owl:2b', 'owl:10b', 'owl:x', 'vec:1b']],
  [{ text: 'ANA 10b' }, ['owl:10b']],
  [{ text: 'mit vectors' }, ['vec:1b']],
  [{ capability: 'embeddings' }, ['vec:1b']],
  [{ onlyFitting: true }, ['owl:2b', 'owl:x', 'vec:1b']],
  [{ text: 'none' }, []],
])('%j finds %j', (filter, ids) => {
  expect(found(filter)).toEqual(ids);
});

test.each([
  ['smallest', ['vec:1b', 'owl:2b', 'owl:10b', 'owl:x']],
  ['largest', ['owl:10b', 'owl:2b', 'vec:1b', 'owl:x']],
  ['name', ['owl:2b', 'owl:10b', 'owl:x', 'vec:1b']],
] as const)('sorted by %s', (order, ids) => {
  expect(sortCatalogue(families, order).map(({ id }) => id)).toEqual(ids);
});
