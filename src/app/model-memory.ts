import { freemem } from 'node:os';
import type { ModelPool } from '../residency/model-pool.ts';
import type { PoolBudget } from '../residency/plan-admission.ts';
import type { PoolModel } from '../residency/resident-model.ts';
import type { ModelFit, ModelMemory } from '../service/models/model-inventory.ts';

export interface ModelMemoryOptions {
  readonly pool: ModelPool;
  /** Finds an installed model. */
  readonly find: (name: string) => PoolModel | undefined;
  /** The names of pinned models, which change here. */
  readonly pinned: Set<string>;
  readonly budget: PoolBudget;
}

export function createModelMemory({ pool, find, pinned, budget }: ModelMemoryOptions): ModelMemory {
  return {
    inspect: (name) => {
      const model = find(name);
      if (model === undefined) return undefined;
      return { isPinned: model.isPinned, needBytes: model.needBytes, fit: toFit(pool, model) };
    },
    totals: () => {
      const loaded = pool.list();
      return {
        limitBytes: budget.modelMemoryBytesMax,
        usedBytes: loaded.reduce((sum, { needBytes }) => sum + needBytes, 0),
        loadedModels: loaded.length,
        loadedModelsMax: budget.loadedModelsMax,
        machineFreeBytes: freemem(),
      };
    },
    setPinned: (name, isPinned) => {
      if (isPinned) pinned.add(name);
      else pinned.delete(name);
      const model = find(name);
      // It stays without requests, or is left to its time again.
      if (model !== undefined) pool.find(name)?.keepAlive(model.keepAliveMs);
    },
  };
}

function toFit(pool: ModelPool, model: PoolModel): ModelFit {
  if (pool.find(model.name) !== undefined) return 'loaded';
  switch (pool.planLoad(model).kind) {
    case 'load':
      return 'free';
    case 'never':
      return 'never';
    case 'wait':
    case 'evict':
      return 'after-unloading';
  }
}
