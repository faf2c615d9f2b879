import type { KeyTransaction } from '../key-store.ts';
import { toAuditRow, toKeyRow, toProjectRow, toStoredKey, toStoredProject } from './key-rows.ts';
import { runTransaction } from './run-transaction.ts';
import type { SqlDatabase } from './sql-database.ts';

type Queries = SqlDatabase['queries'];

/** Takes the lock that only one change has at a time, in every process, by its first write. */
export async function changeKeys<Result>(
  queries: Queries,
  work: (transaction: KeyTransaction) => Promise<Result>,
): Promise<Result> {
  return await runTransaction(queries, async (transaction) => {
    await transaction
      .updateTable('keyring')
      .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
      .execute();
    return await work(createSqlKeyTransaction(transaction));
  });
}

function createSqlKeyTransaction(queries: Queries): KeyTransaction {
  return {
    async findKey(id) {
      const row = await selectKeys(queries).where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toStoredKey(row);
    },

    async listKeys() {
      return (await selectKeys(queries).orderBy('createdAtMs').orderBy('id').execute()).map(toStoredKey);
    },

    async countKeys() {
      return await countLive(queries, 'apiKeys');
    },

    async insertKey(key) {
      const [result] = await queries
        .insertInto('apiKeys')
        .values(toKeyRow(key))
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
      return result?.numInsertedOrUpdatedRows === 1n;
    },

    async insertUncheckedHash(unchecked) {
      await queries
        .insertInto('uncheckedKeys')
        .values(unchecked)
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
    },

    async replaceKey(key) {
      const { id, lastUsedAtMs: _lastUse, ...changed } = toKeyRow(key);
      await queries.updateTable('apiKeys').set(changed).where('id', '=', id).execute();
    },

    async findProject(id) {
      const row = await selectProjects(queries).where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toStoredProject(row);
    },

    async findProjectByName(name) {
      const row = await selectProjects(queries).where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : toStoredProject(row);
    },

    async countProjects() {
      return await countLive(queries, 'projects');
    },

    async insertProject(project) {
      await queries.insertInto('projects').values(toProjectRow(project)).execute();
    },

    async replaceProject(project) {
      const { id, ...changed } = toProjectRow(project);
      await queries.updateTable('projects').set(changed).where('id', '=', id).execute();
    },

    async insertAuditEntry(entry) {
      await queries.insertInto('auditEntries').values(toAuditRow(entry)).execute();
    },
  };
}

/** All but the deleted ones. */
export function selectKeys(queries: Queries) {
  return queries.selectFrom('apiKeys').selectAll().where('deletedAtMs', 'is', null);
}

/** All but the deleted ones. */
export function selectProjects(queries: Queries) {
  return queries.selectFrom('projects').selectAll().where('deletedAtMs', 'is', null);
}

async function countLive(queries: Queries, table: 'apiKeys' | 'projects'): Promise<number> {
  const { count } = await queries
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('deletedAtMs', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}
