import type { Config } from '../../config/config.ts';
import type { DeploymentSettings } from '../../config/deployment-settings.ts';
import type { ModelSettings } from '../../config/model-settings.ts';
import type { UpstreamSettings } from '../../config/upstream-settings.ts';
import { toDeploymentName } from '../upstreams/deployment-name.ts';
import { toDiscoveredModel } from '../upstreams/to-discovered-model.ts';

/** A deployment as the configuration has it. */
export interface Drilled {
  /** As in logs: `gpu1/llama3`. */
  readonly name: string;
  readonly model: ModelSettings;
  readonly deployment: DeploymentSettings;
  readonly upstreamName: string;
  readonly upstream: UpstreamSettings;
}

export type DrilledConfig = Pick<Config, 'models' | 'upstreams' | 'aliases'>;

/**
 * @param wanted the name of a deployment, or of a model or alias with one deployment
 * @param modelName the model whose deployment it is, where several have one of this name
 * @throws {Error} with a sentence for the operator
 */
export function findDrilled(config: DrilledConfig, wanted: string, modelName?: string): Drilled {
  const { models, aliases } = config;
  const all = listDeployments(models);
  const named = all.filter(
    ({ name, model }) => name === wanted && (modelName === undefined || model.name === modelName),
  );
  if (named.length > 1) {
    const names = named.map(({ model }) => model.name).join(', ');
    throw new Error(`Several models have the deployment ${wanted}: ${names}. Add --model with one of them.`);
  }
  const publicName = Object.hasOwn(aliases, wanted) ? aliases[wanted] : wanted;
  const ofModel = all.filter(({ model }) => model.name === publicName);
  if (named.length === 0 && ofModel.length > 1) {
    const names = ofModel.map(({ name }) => name).join(', ');
    throw new Error(`The model ${wanted} has several deployments: ${names}. Write one of them.`);
  }
  const found = named[0] ?? ofModel[0] ?? findDiscovered(config, wanted);
  if (found === undefined) throw createUnknownError(wanted, modelName, all);
  return toDrilled(found, config);
}

interface Found {
  readonly name: string;
  readonly model: ModelSettings;
  readonly deployment: DeploymentSettings;
}

function listDeployments(models: readonly ModelSettings[]): readonly Found[] {
  return models.flatMap((model) =>
    (model.deployments ?? []).map((deployment) => ({
      name: toDeploymentName(model.name, deployment),
      model,
      deployment,
    })),
  );
}

/** Of an upstream whose models are served under their own names. It is not asked which ones it has. */
function findDiscovered({ upstreams }: DrilledConfig, wanted: string): Found | undefined {
  const slash = wanted.indexOf('/');
  const upstream = wanted.slice(0, Math.max(0, slash));
  const name = wanted.slice(slash + 1);
  if (name === '' || !Object.hasOwn(upstreams, upstream) || !upstreams[upstream]?.discover) return undefined;
  return listDeployments([toDiscoveredModel(upstream, name)])[0];
}

function toDrilled({ name, model, deployment }: Found, { upstreams }: DrilledConfig): Drilled {
  const { upstream: upstreamName, capabilities } = deployment;
  const upstream = upstreamName === undefined ? undefined : upstreams[upstreamName];
  if (upstreamName === undefined || upstream === undefined) {
    throw new Error(`${name} is the embedded engine; a drill is for the deployments of upstreams.`);
  }
  if (capabilities.embeddings === true) {
    throw new Error(`${name} makes embeddings; a drill is for deployments that generate text.`);
  }
  return { name, model, deployment, upstreamName, upstream };
}

function createUnknownError(wanted: string, modelName: string | undefined, all: readonly Found[]): Error {
  const names = [...new Set(all.map(({ name }) => name))];
  const known =
    names.length === 0 ? 'config.yaml has none.' : `The deployments in config.yaml are ${names.join(', ')}.`;
  const where = modelName === undefined ? '' : ` of the model ${modelName}`;
  return new Error(`There is no deployment ${wanted}${where}. ${known}`);
}
