import type { ModelLibrary } from '../catalog/model-library.ts';
import type { Config } from '../config/config.ts';
import type { EventFeed } from '../service/models/event-feed.ts';
import { createModelInventory } from '../service/models/model-inventory.ts';
import { createModelManagement, type ModelManagementEvent } from '../service/models/model-management.ts';
import { createModelPulls } from '../service/models/model-pulls.ts';
import type { ModelService } from '../service/models/models.ts';
import { createModelControls } from './model-controls.ts';
import type { ServedModels } from './served-models.ts';

export interface ModelAdministrationOptions {
  readonly config: Config;
  readonly library: ModelLibrary;
  readonly served: ServedModels;
  readonly models: ModelService;
  readonly feed: EventFeed<ModelManagementEvent>;
  readonly isDefault: (modelName: string) => boolean;
}

/** What operators see of the models, and do with them. */
export function createModelAdministration(options: ModelAdministrationOptions) {
  const { config, library, served, models, feed, isDefault } = options;
  const { router, memory } = served;
  const controls = createModelControls(config, library, served);
  const management = createModelManagement({ router, models, feed, now: Date.now, controls });
  const { modelMemoryBytesMax } = config;
  return {
    management,
    inventory: createModelInventory({ router, models, memory, isDefault, modelMemoryBytesMax }),
    pulls: createModelPulls({ pull: management.pull, toFullName: controls.toFullName, now: Date.now }),
  };
}
