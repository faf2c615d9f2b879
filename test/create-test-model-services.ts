import type { Router } from '../src/gateway/router.ts';
import type { EventFeed } from '../src/service/models/event-feed.ts';
import { createModelInventory, type ModelMemory } from '../src/service/models/model-inventory.ts';
import {
  createModelManagement,
  type ModelControls,
  type ModelManagementEvent,
} from '../src/service/models/model-management.ts';
import { createModelPulls } from '../src/service/models/model-pulls.ts';
import type { ModelService } from '../src/service/models/models.ts';
import { DrillRefusal, type UpstreamOverview } from '../src/service/upstream-overview.ts';

/** Nothing comes, and nothing goes. */
export const idleControls: ModelControls = {
  pull: async () => {
    throw new Error('Nothing is pulled in this test.');
  },
  load: async () => undefined,
  unload: async () => undefined,
  remove: async () => ({ freedBytes: 0 }),
  refresh: async () => undefined,
  toFullName: (name) => name,
};

/** No model is in memory, and none is pinned. */
export const idleMemory: ModelMemory = {
  inspect: () => undefined,
  totals: () => ({
    limitBytes: 8e9,
    usedBytes: 0,
    machineFreeBytes: 8e9,
    loadedModels: 0,
    loadedModelsMax: 3,
  }),
  setPinned: () => undefined,
};

/** There is nothing to drill. */
export const noUpstreams: UpstreamOverview = {
  list: () => ({ upstreams: [], places: [] }),
  drill: async () => {
    throw new DrillRefusal('unknown', 'There is no deployment here.');
  },
};

export interface TestModelOptions {
  readonly router: Router;
  readonly models: ModelService;
  readonly feed: EventFeed<ModelManagementEvent>;
  readonly controls?: ModelControls;
  readonly memory?: ModelMemory;
  readonly defaultModel?: string;
}

/** What operators see of the models, over these controls and this memory. */
export function createTestModelServices(options: TestModelOptions) {
  const { router, models, feed, controls = idleControls, memory = idleMemory, defaultModel } = options;
  const management = createModelManagement({ router, models, controls, feed, now: Date.now });
  const { toFullName } = controls;
  return {
    management,
    inventory: createModelInventory({
      router,
      models,
      memory,
      isDefault: (name) => name === defaultModel,
      modelMemoryBytesMax: 8e9,
    }),
    pulls: createModelPulls({ pull: management.pull, toFullName, now: Date.now }),
  };
}
