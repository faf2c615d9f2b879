import type { PoolModel, ResidentModel } from './resident-model.ts';

export interface PoolBudget {
  /** Maximum memory of all loaded models, in bytes. */
  readonly modelMemoryBytesMax: number;
  /** Maximum number of loaded models. */
  readonly loadedModelsMax: number;
}

/** The steps before a model can be loaded. */
export type Admission =
  | { readonly kind: 'load' }
  /** Another model is being loaded or unloaded. Check again when that is done. */
  | { readonly kind: 'wait' }
  /** Unload these models to make room. */
  | { readonly kind: 'evict'; readonly victims: readonly ResidentModel[] }
  /** There is no room even with nothing but the pinned models in memory. */
  | { readonly kind: 'never'; readonly reason: string };

/** Least recently used first, idle models before busy ones. */
export function planAdmission(
  wanted: PoolModel,
  residents: readonly ResidentModel[],
  loading: readonly PoolModel[],
  budget: PoolBudget,
): Admission {
  const pinned = [...residents.map(({ model }) => model), ...loading].filter(({ isPinned }) => isPinned);
  if (!hasRoom(wanted, pinned, budget)) {
    return { kind: 'never', reason: describeLack(wanted, pinned, budget) };
  }
  const held = [...residents.map(({ model }) => model), ...loading];
  if (hasRoom(wanted, held, budget)) return { kind: 'load' };
  const staying = residents.filter(({ phase }) => phase === 'resident');
  const kept = [...staying.map(({ model }) => model), ...loading];
  if (hasRoom(wanted, kept, budget)) return { kind: 'wait' };
  const victims: ResidentModel[] = [];
  for (const candidate of inOrderOfLeaving(staying)) {
    victims.push(candidate);
    kept.splice(kept.indexOf(candidate.model), 1);
    if (hasRoom(wanted, kept, budget)) return { kind: 'evict', victims };
  }
  return { kind: 'wait' };
}

/** Models that can be unloaded, in order. */
export function inOrderOfLeaving(residents: readonly ResidentModel[]): readonly ResidentModel[] {
  return residents
    .filter(({ model, phase }) => phase === 'resident' && !model.isPinned)
    .sort(
      (first, second) =>
        Number(first.isBusy) - Number(second.isBusy) || first.lastUsedAtMs - second.lastUsedAtMs,
    );
}

function hasRoom(wanted: PoolModel, held: readonly PoolModel[], budget: PoolBudget): boolean {
  const heldBytes = held.reduce((sum, { needBytes }) => sum + needBytes, 0);
  return held.length < budget.loadedModelsMax && heldBytes + wanted.needBytes <= budget.modelMemoryBytesMax;
}

/** The numbers, and the settings that set them. */
function describeLack(wanted: PoolModel, pinned: readonly PoolModel[], budget: PoolBudget): string {
  const { modelMemoryBytesMax, loadedModelsMax } = budget;
  const names = pinned.map(({ name }) => name).join(', ');
  if (pinned.length >= loadedModelsMax) {
    return `The model ${wanted.name} can't be loaded: at most ${loadedModelsMax} models may be loaded (loadedModelsMax), and these are pinned: ${names}.`;
  }
  const pinnedBytes = pinned.reduce((sum, { needBytes }) => sum + needBytes, 0);
  const taken =
    pinnedBytes === 0 ? '' : `, of which the pinned ones (${names}) take ${toGigabytes(pinnedBytes)} GB`;
  return `The model ${wanted.name} needs about ${toGigabytes(wanted.needBytes)} GB of memory, and all models together may have ${toGigabytes(modelMemoryBytesMax)} GB (modelMemoryBytesMax)${taken}. Fewer slots or a shorter contextLength need less.`;
}

function toGigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
