// Chooses the idle slot for a new request and the part of its cache to reuse.
//
// The next turn of a conversation starts with all of its last one, so the idle slot with the longest common
// prefix saves its evaluation. But a short common prefix (such as a system prompt that all requests share)
// must not evict the long cache of another conversation. Such a request goes to the slot that has been idle
// longest, and the common part is copied from any slot, including busy ones (0.7 ms for 500 tokens). If that
// slot would lose far more than the one with the common prefix, it is spared: eight short requests had
// evicted a prompt of 2,000 tokens, 13 s of work.
//
// llama.cpp decodes sequences together only if their numbers are consecutive: four streams in slots 0, 2, 4
// and 6 are four decodes of one token. So among equally suitable slots, one next to busy slots is taken.
import type { Slot } from './slot.ts';

export interface Placement {
  readonly slot: Slot;
  /** Where a longer prefix lies than in `slot`; to be copied first. */
  readonly copyFrom: Slot | undefined;
  /** Tokens at the beginning of the prompt that need no evaluation. */
  readonly cachedTokens: number;
}

/** A slot that would lose more than this share of its cache is kept for its conversation. */
const keptShareMin = 0.5;
/** A slot is spared if it would lose this many times as many tokens as another. */
const lossFactorMin = 4;
/** Copying a prefix of fewer tokens than this costs more than evaluating it. */
const copyTokensMin = 16;

/** Undefined: every slot is busy. At least the last token of the prompt is always evaluated, for its logits. */
export function placeRequest(
  slots: readonly Slot[],
  prompt: Uint32Array,
  cacheKey?: string,
): Placement | undefined {
  const usable = prompt.length - 1;
  const common = new Map(
    slots.map((slot) => [slot, Math.min(slot.cache.commonPrefixLength(prompt), usable)]),
  );
  const commonOf = (slot: Slot) => common.get(slot) ?? 0;
  const idle = slots.filter(({ run }) => run === undefined);
  const best = maxBy(idle, commonOf);
  if (best === undefined) {
    return undefined;
  }
  const isOwnTurn = commonOf(best) > 0 && commonOf(best) >= best.cache.length * keptShareMin;
  const oldest = maxBy(listSpareSlots(idle, cacheKey), (other) => -countRuns(slots, other)) ?? best;
  const lostOf = (other: Slot) => other.cache.length - commonOf(other);
  const isCheap = commonOf(best) > 0 && lostOf(best) * lossFactorMin <= lostOf(oldest);
  const slot = isOwnTurn || isCheap ? best : oldest;
  const source = maxBy(slots, commonOf);
  if (source !== undefined && source !== slot && commonOf(source) >= commonOf(slot) + copyTokensMin) {
    return { slot, copyFrom: source, cachedTokens: commonOf(source) };
  }
  return { slot, copyFrom: undefined, cachedTokens: commonOf(slot) };
}

/** Equally suitable slots, best first: all empty ones, or the half that has been idle longer. */
function listSpareSlots(idle: readonly Slot[], key: string | undefined): Slot[] {
  const ordered = idle.toSorted((a, b) => toSpareMs(b, key) - toSpareMs(a, key) || a.sequence - b.sequence);
  const kindOf = ({ cache, cacheKey }: Slot) =>
    cache.length === 0 ? 'empty' : key !== undefined && cacheKey === key ? 'own' : 'other';
  const [first] = ordered;
  if (first === undefined) return [];
  const alike = ordered.filter((slot) => kindOf(slot) === kindOf(first));
  return kindOf(first) === 'empty' ? alike : alike.slice(0, Math.ceil(alike.length / 2));
}

/** Runs of busy slots, with `taken` as one of them. */
function countRuns(slots: readonly Slot[], taken: Slot): number {
  const isBusy = (slot: Slot | undefined) => slot !== undefined && (slot === taken || slot.run !== undefined);
  return slots.filter((slot, index) => isBusy(slot) && !isBusy(slots[index - 1])).length;
}

/**
 * Higher is better: an empty slot first, then one with the same key, so that one client's conversations don't
 * evict the cache of others, then the one that has been idle longest.
 */
function toSpareMs({ cache, cacheKey, idleSinceMs }: Slot, key: string | undefined): number {
  if (cache.length === 0) {
    return Infinity;
  }
  return key !== undefined && cacheKey === key ? Number.MAX_SAFE_INTEGER - idleSinceMs : -idleSinceMs;
}

function maxBy<T>(items: readonly T[], value: (item: T) => number): T | undefined {
  let best: T | undefined;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const itemValue = value(item);
    if (best === undefined || itemValue > bestValue) {
      best = item;
      bestValue = itemValue;
    }
  }
  return best;
}
