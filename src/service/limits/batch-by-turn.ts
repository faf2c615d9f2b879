/** Items in one batch at most: more would hold the event loop, and the locks of the database, for too long. */
const batchItemsMax = 100;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs items of one turn of the event loop together, and one batch at a time: what comes meanwhile is the next one.
 *
 * @param run answers with a result for each item, in their order; where it throws, all of them fail
 */
export function batchByTurn<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isScheduled = false;
  const runAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchItemsMax);
      try {
        const results = await run(batch.map(({ item }) => item));
        batch.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result === undefined) reject(new Error('A batch left an item without a result.'));
          else resolve(result);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isScheduled = false;
  };
  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(() => void runAll());
    });
}
