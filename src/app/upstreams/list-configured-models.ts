import type { Config } from '../../config/config.ts';
import type { DeploymentSettings } from '../../config/deployment-settings.ts';
import { toDeploymentName } from './deployment-name.ts';

/** A model of config.yaml that has deployments. */
export interface ConfiguredModel {
  readonly name: string;
  /** The names of its deployments, such as `gpu1/llama3`; those that serve first come first. */
  readonly deployments: readonly string[];
}

export function listConfiguredModels({ models }: Pick<Config, 'models'>): readonly ConfiguredModel[] {
  return models.flatMap(({ name, deployments }) => {
    if (deployments === undefined) return [];
    return [
      { name, deployments: toOrder(deployments).map((deployment) => toDeploymentName(name, deployment)) },
    ];
  });
}

/** Deployments that serve first come first. */
export function toOrder(deployments: readonly DeploymentSettings[]): readonly DeploymentSettings[] {
  return [...deployments].sort((one, other) => one.priority - other.priority);
}
