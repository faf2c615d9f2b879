import type { Config } from '../config/config.ts';
import type { Router } from '../gateway/router.ts';

/** A setting names a model that is not served. */
export class UnservedModelError extends Error {
  constructor(setting: string, name: string, served: readonly string[]) {
    super(`${setting} names ${name}, which is not served; served: ${served.join(', ')}.`);
    this.name = 'UnservedModelError';
  }
}

/**
 * A pinned or preloaded model must exist at startup. Otherwise the setting would be ignored silently.
 * @throws UnservedModelError
 */
export async function assertNamedModels(
  router: Router,
  { preload, pinned }: Pick<Config, 'preload' | 'pinned'>,
): Promise<void> {
  for (const [setting, names] of Object.entries({ preload, pinned })) {
    for (const name of names) {
      if ((await router.find(name)) !== undefined) continue;
      const served = await router.list();
      throw new UnservedModelError(
        setting,
        name,
        served.map((model) => model.name),
      );
    }
  }
}
