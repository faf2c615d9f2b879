import { expect, test } from 'vitest';
import { createRoutedModel } from '../../test/create-routed-model.ts';
import { createScriptedBackend, sayTexts } from '../../test/scripted-backend.ts';
import { createFixedSource, createRouter } from '../gateway/router.ts';
import { assertNamedModels } from './assert-named-models.ts';

const deployments = ['a:1', 'ollama:b:latest'].map((name) =>
  createRoutedModel(name, createScriptedBackend(sayTexts('Hello'))),
);
const router = createRouter(createFixedSource(deployments), { quick: 'a:1' }, (name) => `${name}:latest`);

test.each([
  { preload: [], pinned: [] },
  { preload: ['a:1'], pinned: ['a:1', 'ollama:b:latest'] },
  { preload: ['quick'], pinned: ['quick'] },
  { preload: ['ollama:b'], pinned: [] },
])('served: %j', async (settings) => {
  await expect(assertNamedModels(router, settings)).resolves.toBeUndefined();
});

test.each([
  [
    { preload: ['a:2'], pinned: [] },
    'preload names a:2, which is not served; served: a:1, ollama:b:latest, quick.',
  ],
  [
    { preload: ['a:1'], pinned: ['typo'] },
    'pinned names typo, which is not served; served: a:1, ollama:b:latest, quick.',
  ],
])('not served: %j', async (settings, message) => {
  await expect(assertNamedModels(router, settings)).rejects.toThrow(message);
});
