/** A store with collections of records, such as the records of one API key. */
export interface MeasuredStore<Collection> {
  measure(collection: Collection): Promise<{ readonly count: number; readonly bytes: number }>;
  /** Deletes this many of the oldest records. */
  removeOldest(collection: Collection, count: number): Promise<void>;
}

export interface RoomLimits {
  readonly countMax: number;
  readonly bytesMax: number;
}

/**
 * Removes the oldest records of a collection until it keeps its limits. For bytes a hundredth at a time: after one large
 * record many small ones may have to go, and each look costs a query.
 */
export async function makeRoom<Collection>(
  store: MeasuredStore<Collection>,
  collection: Collection,
  { countMax, bytesMax }: RoomLimits,
): Promise<void> {
  for (;;) {
    const { count, bytes } = await store.measure(collection);
    if (count <= countMax && bytes <= bytesMax) return;
    const batch = bytes > bytesMax ? Math.ceil(count / 100) : 0;
    await store.removeOldest(collection, Math.max(count - countMax, batch));
  }
}
