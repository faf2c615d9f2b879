// Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, 2016), on rendezvous hashing: every
// conversation has its own order of the replicas, so that the loss of one moves only its share. The first replica of the
// order that is not too busy takes the request, and gives way to the next one where its queue is longer.
import { mixHashes } from './hash.ts';
import type { Place } from './roster.ts';

/** A replica may have as many times the mean of requests. */
const loadFactorMax = 1.5;

/** Fewer requests than that are never too many. */
const busyMin = 4;

/** @param places at least one */
export function chooseReplica(places: readonly Place[], affinity: number): Place | undefined {
  const [only] = places;
  if (places.length < 2) return only;
  const ranked = places
    .map((place) => ({ place, rank: mixHashes(affinity, place.nameHash), ...readLoad(place) }))
    .sort((one, other) => other.rank - one.rank);
  const total = ranked.reduce((sum, { running }) => sum + running, 0) + 1;
  const runningMax = Math.max(busyMin, Math.ceil((loadFactorMax * total) / ranked.length));
  const open = ranked.filter(({ running }) => running < runningMax);
  const [home, next] = open;
  if (home === undefined) return only;
  return next !== undefined && home.waiting > 0 && next.waiting < home.waiting ? next.place : home.place;
}

/** Another server may send requests there as well: the place's own figures know of them. */
function readLoad({ backend, running }: Place): { readonly running: number; readonly waiting: number } {
  const load = backend.load();
  return { running: Math.max(running, load.running), waiting: load.waiting };
}
