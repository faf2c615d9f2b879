import { expect, test } from 'vitest';
import { listCatalogModels } from '../../catalog/list-catalog-models.ts';
import { listPullableFamilies } from './pullable-models.ts';

test('the whole catalogue stands in families, each model once', () => {
  const names = listPullableFamilies([]).flatMap(({ models }) => models.map(({ name }) => name));
  expect(names.toSorted()).toEqual(
    listCatalogModels()
      .map(({ name }) => name)
      .toSorted(),
  );
  expect(new Set(listPullableFamilies([]).map(({ name }) => name)).size).toBe(
    listPullableFamilies([]).length,
  );
});

test('what is served is not to be pulled, however its name is written', () => {
  const families = listPullableFamilies(['smollm2:135m-instruct-q4_1', 'BGE-M3:567m-fp16']);
  const names = families.flatMap(({ models }) => models.map(({ name }) => name));
  expect(names).not.toContain('smollm2:135m-instruct-q4_1');
  expect(names).toContain('smollm2:135m-instruct-q8_0');
  expect(families.map(({ name }) => name)).not.toContain('bge-m3');
});

test('a size is told apart from an estimate', () => {
  const models = listPullableFamilies([]).flatMap((family) => family.models);
  expect(models.find(({ name }) => name === 'smollm2:135m-instruct-q4_1')).toMatchObject({
    sizeBytes: 98_362_432,
    isSizeEstimated: false,
  });
  expect(models.find(({ name }) => name === 'llama3.1:8b-instruct-fp16')).toMatchObject({
    sizeBytes: 16_000_000_000,
    isSizeEstimated: true,
  });
});

test('of each family the smallest comes first, and whether it fits is told', () => {
  const families = listPullableFamilies([], 4e9);
  const fits = families.flatMap(({ models }) => models.map((model) => model.fits));
  expect(new Set(fits)).toEqual(new Set([true, false, undefined]));
  for (const { models } of families) {
    const sizes = models.map(({ sizeBytes = Number.POSITIVE_INFINITY }) => sizeBytes);
    expect(sizes).toEqual(sizes.toSorted((first, second) => first - second));
  }
  const llama = families
    .flatMap(({ models }) => models)
    .find(({ name }) => name === 'llama3.1:8b-instruct-fp16');
  expect(llama?.fits).toBe(false);
});
