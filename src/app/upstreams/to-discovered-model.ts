import { deploymentSchema } from '../../config/deployment-settings.ts';
import type { ModelSettings } from '../../config/model-settings.ts';

/** A model that an upstream with `discover` lists, as the configuration would have it: under its own name. */
export function toDiscoveredModel(upstream: string, name: string): ModelSettings {
  return { name, deployments: [deploymentSchema.parse({ upstream, model: name })] };
}
