import { expect, test } from 'vitest';
import { chatCapabilities } from '../../test/create-routed-model.ts';
import { createScriptedPoolModel } from '../../test/scripted-pool-model.ts';
import type { ModelDefaults } from '../backend/model-defaults.ts';
import { InstalledModels, type ServableModel } from './installed-models.ts';
import { ModelPool } from './model-pool.ts';

function toServable(version: string, defaults: ModelDefaults): ServableModel {
  return {
    version,
    deployment: {
      name: 'a',
      deploymentName: 'a',
      ownedBy: 'library',
      createdAtSeconds: 1,
      backendKind: 'engine',
      facts: { capabilities: chatCapabilities, defaults },
    },
    poolModel: createScriptedPoolModel('a'),
  };
}

test('new defaults of the same weights are told of, and what is loaded stays; other weights are another model', async () => {
  const pool = new ModelPool({
    budget: { modelMemoryBytesMax: 10, loadedModelsMax: 10 },
    limits: { waitersMax: 100, queueWaitMsMax: 60_000, retryAfterMs: 1000 },
    onEvent: () => undefined,
  });
  let listed = toServable('weights 1', { topK: 1 });
  const installed = new InstalledModels({ pool, list: async () => [listed] });
  await installed.refreshNow();
  const [first] = installed.current();
  expect(first?.facts.defaults).toEqual({ topK: 1 });
  listed = toServable('weights 1', { topK: 2 });
  await installed.refreshNow();
  const [second] = installed.current();
  expect(second?.facts.defaults).toEqual({ topK: 2 });
  expect(second?.backend).toBe(first?.backend);
  listed = toServable('weights 2', { topK: 2 });
  await installed.refreshNow();
  expect(installed.current()[0]?.backend).not.toBe(first?.backend);
});
