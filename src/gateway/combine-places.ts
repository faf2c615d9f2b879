// What the places of a model are together, as one backend.
import type { BackendDescription, BackendLoad, BackendState } from '../backend/backend.ts';
import type { Entry, Place } from './roster.ts';

/** Best first. */
const states: readonly BackendState[] = ['ready', 'unloaded', 'starting', 'failed', 'draining', 'closed'];

/**
 * The best one's. A place that gets no requests because they failed counts as failed, until the next one may pass: a balancer
 * that follows this state would send none, and only a request tells whether the place is well.
 */
export function combineStates(entries: readonly Entry[]): BackendState {
  const found = new Set(listPlaces(entries).map(toState));
  return states.find((state) => found.has(state)) ?? 'failed';
}

function toState({ backend, breaker }: Place): BackendState {
  const state = backend.state();
  breaker.noteHealth(state === 'failed');
  return state === 'ready' && breaker.isFailing && breaker.msUntilPass() > 0 ? 'failed' : state;
}

/** The first usable one's, as it would serve a request. Its notation holds only if all that need one share it. */
export function combineDescriptions(entries: readonly Entry[]): BackendDescription | undefined {
  const first = describeFirst(listPlaces(entries));
  if (first === undefined) return undefined;
  const grammarPlaces = entries.flatMap((entry) => (entry.capabilities.grammar ? entry.places : []));
  const notations = new Set(grammarPlaces.map(({ backend }) => backend.describe()?.argumentsNotation));
  const argumentsNotation = notations.size === 1 ? [...notations][0] : undefined;
  // Each request asks for it, and a copy would cost as much as the rest.
  return first.argumentsNotation === argumentsNotation ? first : { ...first, argumentsNotation };
}

function describeFirst(places: readonly Place[]): BackendDescription | undefined {
  let unusable: BackendDescription | undefined;
  for (const place of places) {
    const description = place.backend.describe();
    if (description !== undefined && toState(place) !== 'failed') return description;
    unusable ??= description;
  }
  return unusable;
}

/** @param waiting requests that wait for a place */
export function combineLoads(entries: readonly Entry[], waiting: number): BackendLoad {
  const places = [...new Set(listPlaces(entries))];
  const loads = places.map(({ backend }) => backend.load());
  const uses = loads.flatMap(({ cacheUse }) => cacheUse ?? []);
  const firstTokens = loads.flatMap(({ firstTokenMs }) => firstTokenMs ?? []);
  return {
    running: loads.reduce((sum, { running }) => sum + running, 0),
    waiting: loads.reduce((sum, load) => sum + load.waiting, waiting),
    slots: sumKnown(loads.map(({ slots }) => slots)),
    cacheUse: uses.length === 0 ? undefined : uses.reduce((sum, use) => sum + use, 0) / uses.length,
    ...(firstTokens.length === 0 ? {} : { firstTokenMs: Math.min(...firstTokens) }),
  };
}

function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}

function listPlaces(entries: readonly Entry[]): readonly Place[] {
  return entries.flatMap(({ places }) => places);
}
