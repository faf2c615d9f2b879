import type { PoolModel, ResidentModel } from './resident-model.ts';

export interface PoolBudget {
  /** Memory that all loaded models may take together, in bytes. */
  readonly modelMemoryBytesMax: number;
  /** Models loaded at the same time. */
  readonly loadedModelsMax: number;
}

/** What must happen before a model can be loaded. */
export type Admission =
  | { readonly kind: 'load' }
  /** Something is on its way in or out: look again when it is done. */
  | { readonly kind: 'wait' }
  /** These must leave, and then it fits. */
  | { readonly kind: 'evict'; readonly victims: readonly ResidentModel[] }
  /** Not even an empty machine, or one with the pinned models alone, has room for it. */
  | { readonly kind: 'never'; readonly reason: string };

/** Least recently used first, and idle ones before all that are busy. */
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

/** Those that may be made to leave, the first one first. */
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

/** The numbers, and the settings that they come from. */
function describeLack(wanted: PoolModel, pinned: readonly PoolModel[], budget: PoolBudget): string {
  const { modelMemoryBytesMax, loadedModelsMax } = budget;
  const names = pinned.map(({ name }) => name).join(', ');
  if (pinned.length >= loadedModelsMax) {
    return `The model ${wanted.name} has no place: up to ${loadedModelsMax} may be loaded (loadedModelsMax), and these are pinned: ${names}.`;
  }
  const pinnedBytes = pinned.reduce((sum, { needBytes }) => sum + needBytes, 0);
  const taken =
    pinnedBytes === 0 ? '' : `, of which the pinned ones (${names}) take ${toGigabytes(pinnedBytes)} GB`;
  return `The model ${wanted.name} needs about ${toGigabytes(wanted.needBytes)} GB of memory, and all models together may have ${toGigabytes(modelMemoryBytesMax)} GB (modelMemoryBytesMax)${taken}. Fewer slots or a shorter contextLength need less.`;
}

function toGigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
