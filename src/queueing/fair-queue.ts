// A queue in which callers take turns, so that many requests of one don't hold up a single one of another.
//
// The next item is one of the caller that has the fewest items running; of several such callers, of the one whose last
// turn is longest ago. Items of one caller stay in order of arrival. This is start-time fair queueing with turns as its
// clock: a caller that joins stands behind those who wait and before the one that was just served, so that it can't gain
// by leaving and coming back (Goyal, Vin and Cheng, SIGCOMM 1996).

export interface FairQueue<Item> {
  readonly length: number;
  /** Puts an item behind all others of its caller; `undefined` is one caller as well. */
  push(callerId: string | undefined, item: Item): void;
  /**
   * Takes the next item out; undefined where none waits.
   * @param countRunning items of this caller that run now
   * @param mayTake items that can be taken; the others keep their place. Default: all
   */
  take(
    countRunning?: (callerId: string | undefined) => number,
    mayTake?: (item: Item) => boolean,
  ): Item | undefined;
  /** False where it was not in the queue. */
  remove(item: Item): boolean;
  /** Takes out all items that are so, in no order that means anything. */
  removeWhere(isRemoved: (item: Item) => boolean): readonly Item[];
  /**
   * Number of items that are taken before another item of this caller, if nothing ends and nothing arrives.
   */
  countBefore(callerId: string | undefined): number;
  /**
   * The item that makes room for another item of this caller: the newest item of the caller with the most
   * items, if that caller then still has at least as many as this one. Otherwise undefined.
   * @param mayLeave items that can be chosen and that count
   */
  findToSpare(callerId: string | undefined, mayLeave: (item: Item) => boolean): Item | undefined;
}

interface Line<Item> {
  readonly callerId: string | undefined;
  readonly items: Item[];
  /** On the clock of turns; the lowest is next. */
  turn: number;
}

export function createFairQueue<Item>(): FairQueue<Item> {
  /** Of callers that wait. */
  const lines = new Map<string | undefined, Line<Item>>();
  let turn = 0;
  /**
   * Remembers the caller of the last turn, which keeps its place behind the others if it returns immediately.
   */
  let servedId: string | undefined;
  let length = 0;

  const removeWhere = (isRemoved: (item: Item) => boolean): readonly Item[] => {
    const removed: Item[] = [];
    for (const [callerId, { items }] of lines) {
      const waiting = items.splice(0);
      for (const item of waiting) (isRemoved(item) ? removed : items).push(item);
      if (items.length === 0) lines.delete(callerId);
    }
    length -= removed.length;
    return removed;
  };

  return {
    get length() {
      return length;
    },
    push: (callerId, item) => {
      const joinedAt = turn > 0 && callerId === servedId ? turn : turn - 0.5;
      const line = lines.get(callerId) ?? { callerId, items: [], turn: joinedAt };
      lines.set(callerId, line);
      line.items.push(item);
      length += 1;
    },
    take: (countRunning = () => 0, mayTake = () => true) => {
      const { line, index } = findNext(toOrder([...lines.values()], countRunning), mayTake);
      const [item] = line?.items.splice(index, 1) ?? [];
      if (line === undefined || item === undefined) return undefined;
      turn += 1;
      line.turn = turn;
      servedId = line.callerId;
      length -= 1;
      if (line.items.length === 0) lines.delete(line.callerId);
      return item;
    },
    remove: (item) => removeWhere((other) => other === item).length > 0,
    removeWhere,
    countBefore: (callerId) => {
      const own = lines.get(callerId)?.items.length ?? 0;
      const others = [...lines.values()].filter((line) => line.callerId !== callerId);
      return others.reduce((sum, { items }) => sum + Math.min(items.length, own + 1), own);
    },
    findToSpare: (callerId, mayLeave) => {
      const counted = [...lines.values()].map((line) => ({ ...line, items: line.items.filter(mayLeave) }));
      const own = counted.find((line) => line.callerId === callerId)?.items.length ?? 0;
      const longest = counted.reduce<readonly Item[]>(
        (best, { items }) => (items.length > best.length ? items : best),
        [],
      );
      return longest.length > own + 1 ? longest.at(-1) : undefined;
    },
  };
}

function toOrder<Item>(
  lines: readonly Line<Item>[],
  countRunning: (callerId: string | undefined) => number,
): readonly Line<Item>[] {
  return lines
    .map((line) => ({ line, running: countRunning(line.callerId) }))
    .sort((first, second) => first.running - second.running || first.line.turn - second.line.turn)
    .map(({ line }) => line);
}

/** The first line with an item that may be taken, and the index of the item in it. */
function findNext<Item>(
  lines: readonly Line<Item>[],
  mayTake: (item: Item) => boolean,
): { readonly line: Line<Item> | undefined; readonly index: number } {
  for (const line of lines) {
    const index = line.items.findIndex(mayTake);
    if (index >= 0) return { line, index };
  }
  return { line: undefined, index: 0 };
}
