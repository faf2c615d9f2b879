import type { Config } from '../../config/config.ts';
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
    const inOrder = [...deployments].sort((one, other) => one.priority - other.priority);
    return [{ name, deployments: inOrder.map((deployment) => toDeploymentName(name, deployment)) }];
  });
}
