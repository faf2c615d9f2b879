import { expect, it } from 'vitest';
import { createRoutedModel } from '../../../test/create-routed-model.ts';
import { createScriptedBackend, sayTexts } from '../../../test/scripted-backend.ts';
import { deploymentSchema } from '../../config/deployment-settings.ts';
import type { RoutedModel } from '../../gateway/router.ts';
import { createEmbeddedDeployment } from './embedded-deployment.ts';

const create = (name: string) => createRoutedModel(name, createScriptedBackend(sayTexts('Hello')));

it('follows a model that is installed, updated and removed', () => {
  let models: readonly RoutedModel[] = [];
  const installed = { current: () => models, refresh: async () => undefined };
  const settings = deploymentSchema.parse('embedded');
  const { deployment, facts } = createEmbeddedDeployment(installed, 'ollama:m', settings, undefined);
  expect(deployment.replicas()).toEqual([]);
  expect(facts().capabilities.reasoning).toBe(false);
  const first = create('ollama:m:latest');
  models = [create('other'), first];
  expect(deployment.replicas()).toEqual([{ name: 'ollama:m:latest', backend: first.backend }]);
  expect(deployment.replicas()).toBe(deployment.replicas());
  expect(facts()).toBe(first.facts);
  const second = create('ollama:m:latest');
  models = [second];
  expect(deployment.replicas()[0]?.backend).toBe(second.backend);
  // The name as it stands comes before the one that it is short for.
  const exact = create('ollama:m');
  models = [second, exact];
  expect(deployment.replicas()).toEqual([{ name: 'ollama:m', backend: exact.backend }]);
  models = [];
  expect(deployment.replicas()).toEqual([]);
});
