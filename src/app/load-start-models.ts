import type { Config } from '../config/config.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ServedModels } from './served-models.ts';
import { findInstalled } from './upstreams/embedded-deployment.ts';
import { listEmbeddedModels } from './upstreams/list-embedded-models.ts';

type StartConfig = Pick<Config, 'model' | 'loadsModel' | 'preload' | 'models'>;

/** Models in memory from the start on: the default one, the preloaded ones, and those of embedded deployments. */
function listStartModels(config: StartConfig): readonly string[] {
  const { model, loadsModel, preload } = config;
  return [...new Set([...(loadsModel ? [model] : []), ...preload, ...listEmbeddedModels(config)])];
}

/** Throws `BackendError` if the default model can't be loaded; other failures are logged. */
export async function loadStartModels(
  { installed, pool, router }: Pick<ServedModels, 'installed' | 'pool' | 'router'>,
  config: StartConfig,
  logger: Logger,
): Promise<void> {
  const { signal } = new AbortController();
  for (const name of listStartModels(config)) {
    try {
      const found = await router.find(name);
      const routed = findInstalled(installed, found?.aliasOf ?? found?.name ?? name);
      const model = routed && installed.find(routed.name);
      // A configured model without an embedded deployment needs no load.
      if (model === undefined && found?.backendKind === 'upstream') continue;
      if (model === undefined) throw new Error(`The model ${name} is not installed.`);
      await pool.load(model, signal);
    } catch (error) {
      if (config.loadsModel && name === config.model) throw error;
      logger.error({ err: error, model: name }, 'a model could not be preloaded');
    }
  }
}
