// The place that takes a request now. Places that are well come before those that are predicted to be late, and these before
// those whose last health check failed; among equals the priority decides, then the weights, then the conversation.
import type { Affinity } from './affinity.ts';
import { chooseReplica } from './choose-replica.ts';
import type { Clock } from './clock.ts';
import { mixHashes, toShare } from './hash.ts';
import { countRunning, type Entry, type Place } from './roster.ts';

/** What a request asks of its place. */
export interface PlaceWish {
  readonly isCapable: (entry: Entry) => boolean;
  readonly affinity: Affinity;
  /** One more answer to a prompt that was accepted already: a place that is draining takes it. */
  readonly isFurtherChoice: boolean;
  /** Places that have failed this request. */
  readonly avoided: ReadonlySet<Place>;
}

export interface ChosenPlace {
  readonly entry: Entry;
  readonly place: Place;
}

interface Candidate {
  readonly entry: Entry;
  readonly places: readonly Place[];
  /** 0 is best. */
  readonly standing: 0 | 1 | 2;
}

export function choosePlace(
  entries: readonly Entry[],
  wish: PlaceWish,
  clock: Clock,
): ChosenPlace | undefined {
  const candidates = entries.flatMap((entry) => toCandidate(entry, wish) ?? []);
  const standing = Math.min(...candidates.map((candidate) => candidate.standing));
  const best = candidates.filter((candidate) => candidate.standing === standing);
  const [first] = best;
  if (first === undefined) return undefined;
  // Entries come in order of their priority.
  const group = best.filter(({ entry }) => entry.deployment.priority === first.entry.deployment.priority);
  const { entry, places } = chooseByWeight(group, wish.affinity, clock) ?? first;
  const place = chooseReplica(places, wish.affinity.hash);
  return place && { entry, place };
}

/** Whether any request could be taken now: a quick look before each of those that wait is looked at. */
export function hasRoom(entries: readonly Entry[]): boolean {
  return entries.some(
    (entry) => !isFull(entry) && entry.places.some((place) => isOpen(place, { isFurtherChoice: true })),
  );
}

function isFull(entry: Entry): boolean {
  const { requestsMax } = entry.deployment;
  return requestsMax !== undefined && countRunning(entry) >= requestsMax;
}

/** undefined: it can't take the request now. */
function toCandidate(entry: Entry, wish: PlaceWish): Candidate | undefined {
  const { spillOverMs } = entry.deployment;
  if (isFull(entry) || !wish.isCapable(entry)) return undefined;
  const open = entry.places.filter((place) => !wish.avoided.has(place) && isOpen(place, wish));
  if (open.length === 0) return undefined;
  const well = open.filter(({ backend }) => backend.state() !== 'failed');
  if (well.length === 0) return { entry, places: open, standing: 2 };
  const isLate = spillOverMs !== undefined && well.every((place) => willBeLate(place, spillOverMs));
  return { entry, places: well, standing: isLate ? 1 : 0 };
}

/** One that is being loaded has no prediction. One that is not loaded gets the request that loads it. */
function willBeLate({ backend }: Place, spillOverMs: number): boolean {
  return backend.state() === 'starting' || (backend.load().firstTokenMs ?? 0) > spillOverMs;
}

function isOpen(
  { backend, breaker }: Place,
  { isFurtherChoice }: Pick<PlaceWish, 'isFurtherChoice'>,
): boolean {
  const state = backend.state();
  if (state === 'closed' || (state === 'draining' && !isFurtherChoice)) return false;
  breaker.noteHealth(state === 'failed');
  return breaker.msUntilPass() === 0;
}

/**
 * A conversation that has a name keeps its deployment: by rendezvous hashing with weights, so that each deployment has its
 * share of the names. Any other request is drawn.
 */
function chooseByWeight(
  group: readonly Candidate[],
  { hash, isNamed }: Affinity,
  clock: Clock,
): Candidate | undefined {
  if (group.length < 2) return group[0];
  const weighted = group.filter(({ entry }) => entry.deployment.weight > 0);
  const drawn = weighted.length === 0 ? group : weighted;
  const toWeight = ({ entry }: Candidate) => (weighted.length === 0 ? 1 : entry.deployment.weight);
  // The least of exponential variables with these rates is each one as often as its weight says.
  const toDraw = (candidate: Candidate) => {
    const share = isNamed ? toShare(mixHashes(hash, candidate.entry.nameHash)) : 1 - clock.random();
    return -Math.log(share) / toWeight(candidate);
  };
  const draws = drawn.map((candidate) => ({ candidate, draw: toDraw(candidate) }));
  return draws.reduce((best, next) => (next.draw < best.draw ? next : best)).candidate;
}
