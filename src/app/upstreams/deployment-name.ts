import type { DeploymentSettings } from '../../config/deployment-settings.ts';

/** The name of a deployment in logs and in the ledger: `gpu1/meta-llama/Llama-3.1-8B-Instruct`, `embedded/NAME`. */
export function toDeploymentName(
  modelName: string,
  { embedded, upstream, model = modelName }: Pick<DeploymentSettings, 'embedded' | 'upstream' | 'model'>,
): string {
  if (embedded !== undefined) return `embedded/${embedded === true ? modelName : embedded}`;
  return `${upstream}/${model}`;
}
