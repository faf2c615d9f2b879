import type { SqlDatabase } from './sql-database.ts';

type Queries = SqlDatabase['queries'];

/** Names kept in memory at most: keys, projects, models and a few dozen words. */
const keptNamesMax = 100_000;

/** Gives names their numbers, and numbers their names. */
export interface UsageNames {
  toIds(names: Iterable<string>): Promise<ReadonlyMap<string, number>>;
  toNames(ids: Iterable<number>): Promise<ReadonlyMap<number, string>>;
}

export interface KeptUsageNames extends UsageNames {
  /** The same in a transaction, which may fail: what it finds is kept by `commit` only. */
  within(transaction: Queries): UsageNames & { commit(): void };
}

interface NameRow {
  readonly id: number;
  readonly name: string;
}

export function createUsageNames(queries: Queries): KeptUsageNames {
  const idsByName = new Map<string, number>();
  const namesById = new Map<number, string>();
  const keep = (rows: readonly NameRow[]) => {
    if (idsByName.size + rows.length > keptNamesMax) {
      idsByName.clear();
      namesById.clear();
    }
    for (const { id, name } of rows) {
      idsByName.set(name, id);
      namesById.set(id, name);
    }
  };
  const look = (connection: Queries, onFound: (rows: readonly NameRow[]) => void): UsageNames => ({
    toIds: (names) =>
      findAll(new Set(names), idsByName, async (missing) => {
        const rows = await insertNames(connection, missing.sort());
        onFound(rows);
        return rows.map(({ id, name }) => [name, id]);
      }),
    toNames: (ids) =>
      findAll(new Set(ids), namesById, async (missing) => {
        const rows = await connection
          .selectFrom('usageNames')
          .selectAll()
          .where('id', 'in', missing)
          .execute();
        onFound(rows);
        return rows.map(({ id, name }) => [id, name]);
      }),
  });
  return {
    ...look(queries, keep),
    within: (transaction) => {
      const found: NameRow[] = [];
      return { ...look(transaction, (rows) => found.push(...rows)), commit: () => keep(found) };
    },
  };
}

async function insertNames(queries: Queries, names: readonly string[]): Promise<readonly NameRow[]> {
  await queries
    .insertInto('usageNames')
    .values(names.map((name) => ({ name })))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return await queries.selectFrom('usageNames').selectAll().where('name', 'in', names).execute();
}

async function findAll<Key, Value>(
  wanted: ReadonlySet<Key>,
  kept: ReadonlyMap<Key, Value>,
  find: (missing: Key[]) => Promise<readonly (readonly [Key, Value])[]>,
): Promise<ReadonlyMap<Key, Value>> {
  const found = new Map<Key, Value>();
  const missing: Key[] = [];
  for (const key of wanted) {
    const value = kept.get(key);
    if (value === undefined) missing.push(key);
    else found.set(key, value);
  }
  if (missing.length === 0) return found;
  for (const [key, value] of await find(missing)) found.set(key, value);
  return found;
}

/** The number of a name that `toIds` was asked for. */
export function numberOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error('A name was used that has no number.');
  return id;
}
