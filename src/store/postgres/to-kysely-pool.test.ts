import { CompiledQuery, sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import type { PostgresServer } from '../../../test/postgres-cluster.ts';
import { describeWithPostgres } from '../../../test/postgres-server.ts';
import { runTransaction } from '../sql/run-transaction.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { deferredMark, preparedMark } from '../sql/statement-marks.ts';
import { openDatabase } from './open-database.ts';

async function open(server: PostgresServer) {
  const database = await openDatabase(await server.createDatabase(), { connectionsMax: 1 });
  onTestFinished(() => database.close());
  const { queries } = database;
  return { queries, listNames: () => readNames(queries) };
}

/** Without the empty name, which is there from the start. */
async function readNames(queries: Pick<SqlDatabase['queries'], 'selectFrom'>): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('usageNames')
    .select('name')
    .where('name', '!=', '')
    .orderBy('id')
    .execute();
  return rows.map(({ name }) => name);
}

const insert = (name: string | null, mark = deferredMark) =>
  CompiledQuery.raw(`${mark}INSERT INTO usage_names (name) VALUES ($1)`, [name]);

describeWithPostgres('a pool of connections', (server) => {
  it('runs deferred statements in their order, and before what comes next', async () => {
    const { queries, listNames } = await open(server);
    const seen = await runTransaction(queries, async (transaction) => {
      await transaction.executeQuery(insert('first'));
      await transaction.executeQuery(insert('second'));
      return await readNames(transaction);
    });
    expect(seen).toStrictEqual(['first', 'second']);
    expect(await listNames()).toStrictEqual(['first', 'second']);
  });

  it.each(['a query', 'the commit'])(
    'takes a transaction back with its own error where a deferred statement failed before %s',
    async (next) => {
      const { queries, listNames } = await open(server);
      const failing = runTransaction(queries, async (transaction) => {
        await transaction.executeQuery(insert('first'));
        await transaction.executeQuery(insert(null));
        await transaction.executeQuery(insert('second'));
        if (next === 'a query') await transaction.selectFrom('usageNames').selectAll().execute();
      });
      await expect(failing).rejects.toThrow(/null value in column "name"/);
      expect(await listNames()).toStrictEqual([]);
    },
  );

  it('forgets what a transaction deferred that throws, and uses the connection again', async () => {
    const { queries, listNames } = await open(server);
    const failing = runTransaction(queries, async (transaction) => {
      await transaction.executeQuery(insert(null));
      throw new Error('taken back');
    });
    await expect(failing).rejects.toThrow('taken back');
    await runTransaction(queries, async (transaction) => {
      await transaction.executeQuery(insert('later'));
    });
    expect(await listNames()).toStrictEqual(['later']);
  });

  it('prepares what is marked, until a pooler has changed the connection', async () => {
    const { queries } = await open(server);
    const ask = () =>
      queries.executeQuery(CompiledQuery.raw(`${preparedMark}SELECT $1::bigint AS number`, [7]));
    const countPrepared = async () => {
      const { rows } = await sql<{ count: number }>`SELECT count(*) FROM pg_prepared_statements`.execute(
        queries,
      );
      return rows[0]?.count;
    };
    await ask();
    expect((await ask()).rows).toStrictEqual([{ number: 7 }]);
    expect(await countPrepared()).toBe(1);
    // As on another connection of the server.
    await sql`DEALLOCATE ALL`.execute(queries);
    await expect(ask()).rejects.toMatchObject({ name: 'StoreError', code: 'busy' });
    expect((await ask()).rows).toStrictEqual([{ number: 7 }]);
    expect(await countPrepared()).toBe(0);
  });
});
