import { toFullModelName } from '../catalog/full-model-name.ts';
import type { ServedModel } from '../protocol/openai/models/read-served-models.ts';

export interface ModelChoice {
  /** What the user named. Undefined: nothing. */
  readonly wanted: string | undefined;
  /** The default model of the settings on this machine. */
  readonly usual: string;
}

/**
 * The model that the user named; else the one that the server has loaded, since it may have been started with another model
 * than the settings name; else the one of the settings, or the only one.
 */
export function chooseServedModel(
  served: readonly ServedModel[],
  { wanted, usual }: ModelChoice,
): ServedModel | undefined {
  const find = (name: string) => served.find(({ id }) => id === name || id === toFullModelName(name));
  if (wanted !== undefined) return find(wanted);
  const writers = served.filter(({ capabilities }) => capabilities.chat);
  const loaded = writers.filter(({ state, backend }) => backend === 'engine' && isLoaded(state));
  return findOnly(loaded) ?? find(usual) ?? findOnly(writers);
}

function isLoaded(state: ServedModel['state']): boolean {
  return state === 'ready' || state === 'loading';
}

/** Nothing, if there are several. */
function findOnly(models: readonly ServedModel[]): ServedModel | undefined {
  return models.length === 1 ? models[0] : undefined;
}
