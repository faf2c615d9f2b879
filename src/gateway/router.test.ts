import { expect, test } from 'vitest';
import { createRoutedModel } from '../../test/create-routed-model.ts';
import { createScriptedBackend, sayTexts } from '../../test/scripted-backend.ts';
import { createRouter, type RoutedModel } from './router.ts';

const toFullName = (name: string) => (name.includes(':') ? name : `${name}:latest`);

/** Two models, of which the second is there from the first look on. */
function prepare() {
  const backend = createScriptedBackend(sayTexts('Hi'));
  const [first, second] = ['a:latest', 'b:latest'].map((name) => createRoutedModel(name, backend));
  let models: readonly (RoutedModel | undefined)[] = [first];
  const source = {
    current: () => models.filter((one) => one !== undefined),
    refresh: async () => {
      models = [first, second];
    },
  };
  return createRouter(source, { nick: 'b:latest', b: 'a:latest' }, toFullName);
}

test.each([
  ['a:latest', 'a:latest', undefined],
  ['a', 'a:latest', undefined],
  ['b:latest', 'b:latest', undefined],
  ['b', 'b', 'a:latest'],
  ['nick', 'nick', 'b:latest'],
])('%s is found as %s, an alias of %s', async (asked, name, aliasOf) => {
  expect(await prepare().find(asked)).toMatchObject({ name, aliasOf });
});

test.each(['c', 'a:other', ''])('%j is nobody', async (asked) => {
  expect(await prepare().find(asked)).toBeUndefined();
});

test('a short name is not listed as a model of its own', async () => {
  const listed = await prepare().list();
  expect(listed.map(({ name }) => name)).toEqual(['a:latest', 'b:latest', 'nick', 'b']);
});
