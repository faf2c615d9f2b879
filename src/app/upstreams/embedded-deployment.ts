import { toFullModelName } from '../../catalog/full-model-name.ts';
import type { DeploymentSettings } from '../../config/deployment-settings.ts';
import { engineCapabilities } from '../../engine/engine-capabilities.ts';
import type { Replica } from '../../gateway/deployment.ts';
import type { RoutedModel, RoutedModelSource } from '../../gateway/router.ts';
import { toDeploymentName } from './deployment-name.ts';
import type { ServedDeployment } from './upstream-deployment.ts';

/** The installed model by this name, or by the name that it is short for. */
export function findInstalled(installed: RoutedModelSource, modelName: string): RoutedModel | undefined {
  const models = installed.current();
  const full = toFullModelName(modelName);
  return models.find(({ name }) => name === modelName) ?? models.find(({ name }) => name === full);
}

/** A model may be installed, updated and removed at any time: without it the deployment has no replica. */
export function createEmbeddedDeployment(
  installed: RoutedModelSource,
  modelName: string,
  settings: DeploymentSettings,
  spillOverMs: number | undefined,
): ServedDeployment {
  let listed: readonly RoutedModel[] | undefined;
  let model: RoutedModel | undefined;
  let replicas: readonly Replica[] = [];
  const look = () => {
    // Each request looks several times, and the list changes only when models come and go.
    if (listed === installed.current()) return;
    listed = installed.current();
    model = findInstalled(installed, modelName);
    replicas = model === undefined ? [] : [{ name: model.name, backend: model.backend }];
  };
  return {
    ownedBy: findInstalled(installed, modelName)?.ownedBy ?? 'local',
    deployment: {
      name: toDeploymentName(modelName, { ...settings, embedded: true }),
      priority: settings.priority,
      weight: settings.weight,
      requestsMax: undefined,
      mode: 'single',
      replicas: () => {
        look();
        return replicas;
      },
      capabilities: engineCapabilities,
      tokensPerSecondMin: settings.tokensPerSecondMin,
      spillOverMs,
    },
    facts: () => {
      look();
      return model?.facts ?? noFacts;
    },
  };
}

const noFacts = {
  capabilities: {
    chat: true,
    completions: true,
    tools: true,
    structuredOutputs: true,
    reasoning: false,
    logprobs: true,
    embeddings: false,
  },
} as const;
