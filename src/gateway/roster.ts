// The deployments of a model with the state of each of their places. Lists of replicas may change at any time, and the
// deployments with a new configuration: a backend that stays keeps its state, one that is left out is closed when its last
// request has ended.
import type { Backend } from '../backend/backend.ts';
import type { BackendCapabilities } from '../backend/backend-capabilities.ts';
import type { BackendError } from '../backend/backend-error.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import type { Clock } from './clock.ts';
import { combineCapabilities } from './combine-capabilities.ts';
import type { CompositePolicy } from './composite-policy.ts';
import type { Deployment, Replica } from './deployment.ts';
import { hashText } from './hash.ts';

/** One place, with what is known of it. */
export interface Place {
  readonly name: string;
  readonly nameHash: number;
  readonly backend: Backend;
  readonly breaker: CircuitBreaker;
  /** Requests of ours that it holds. */
  running: number;
  /** Those of them whose answers have begun. */
  serving: number;
  /** Its latest failure was that it refuses our access. */
  accessRefusal: BackendError | undefined;
}

/** A deployment with its places. */
export interface Entry {
  readonly deployment: Deployment;
  readonly nameHash: number;
  readonly places: readonly Place[];
  /** The backend that stands for all of them; the last one that was there while there is none. */
  readonly sample: Backend | undefined;
  readonly capabilities: BackendCapabilities;
}

export interface Roster {
  /** As they are now, in order of priority. */
  entries(): readonly Entry[];
  /** Also places that are left out and still hold requests. */
  backends(): readonly Backend[];
  replace(deployments: readonly Deployment[]): void;
  /** Counts a request out; the last one of a place that is left out closes its backend. */
  leave(place: Place): void;
}

/** Of a deployment that never had a place and whose capabilities are not given. */
const noCapabilities = combineCapabilities([]);

interface KeptEntry {
  readonly listed: readonly Replica[];
  readonly entry: Entry;
}

export function createRoster(
  deployments: readonly Deployment[],
  policy: CompositePolicy,
  clock: Clock,
  /** A backend that is left out could not be closed. */
  onCloseFailure: (error: unknown) => void,
): Roster {
  const places = new Map<Backend, Place>();
  let current = toOrder(deployments);
  let kept: readonly KeptEntry[] = [];
  let entries: readonly Entry[] = [];

  const toPlace = ({ name, backend }: Replica): Place => {
    const known = places.get(backend);
    if (known !== undefined) return known;
    const breaker = createCircuitBreaker(policy, clock);
    const place: Place = {
      name,
      nameHash: hashText(name),
      backend,
      breaker,
      running: 0,
      serving: 0,
      accessRefusal: undefined,
    };
    places.set(backend, place);
    return place;
  };
  const toEntry = (deployment: Deployment, listed: readonly Replica[]): KeptEntry => {
    const before = kept.find(({ entry }) => entry.deployment.name === deployment.name);
    const sample = listed[0]?.backend ?? before?.entry.sample;
    const capabilities = deployment.capabilities ?? sample?.capabilities ?? noCapabilities;
    const nameHash = hashText(deployment.name);
    return { listed, entry: { deployment, nameHash, places: listed.map(toPlace), sample, capabilities } };
  };
  const retire = (place: Place) => {
    places.delete(place.backend);
    place.backend.close(0).catch(onCloseFailure);
  };
  const isListed = (place: Place) => entries.some((entry) => entry.places.includes(place));
  const refresh = () => {
    const isSame = (deployment: Deployment, index: number) =>
      deployment === kept[index]?.entry.deployment && isSameList(deployment.replicas(), kept[index].listed);
    if (current.length === kept.length && current.every(isSame)) return;
    kept = current.map((deployment) => toEntry(deployment, deployment.replicas()));
    entries = kept.map(({ entry }) => entry);
    for (const place of [...places.values()]) if (place.running === 0 && !isListed(place)) retire(place);
  };
  return {
    entries: () => {
      refresh();
      return entries;
    },
    backends: () => {
      refresh();
      return [...places.keys()];
    },
    replace: (next) => {
      current = toOrder(next);
      refresh();
    },
    leave: (place) => {
      place.running -= 1;
      if (place.running === 0 && !isListed(place)) retire(place);
    },
  };
}

function isSameList(one: readonly Replica[], other: readonly Replica[] = []): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every(({ backend }, index) => backend === other[index]?.backend);
}

function toOrder(deployments: readonly Deployment[]): readonly Deployment[] {
  return [...deployments].sort((one, other) => one.priority - other.priority);
}

/** Requests that a deployment holds. */
export function countRunning({ places }: Entry): number {
  return places.reduce((sum, { running }) => sum + running, 0);
}
