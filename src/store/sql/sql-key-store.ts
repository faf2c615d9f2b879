import { sql } from 'kysely';
import type { KeyStore, Page, PageQuery } from '../key-store.ts';
import { toAuditEntry, toBudget, toLimits, toStoredKey, toStoredProject } from './key-rows.ts';
import type { SqlDatabase } from './sql-database.ts';
import { changeKeys, selectKeys, selectProjects } from './sql-key-transaction.ts';

type Queries = SqlDatabase['queries'];

/** The database belongs to the caller, who closes it. */
export function createSqlKeyStore({ queries }: Pick<SqlDatabase, 'queries'>): KeyStore {
  return {
    change: (work) => changeKeys(queries, work),
    ...createKeyringQueries(queries),
    ...createKeyQueries(queries),
    ...createListQueries(queries),
  };
}

type KeyringQueries = Pick<KeyStore, 'readRevision' | 'readCheckSecret' | 'listUncheckedHashes'>;

function createKeyringQueries(queries: Queries): KeyringQueries {
  return {
    async readRevision() {
      const { revision } = await queries.selectFrom('keyring').select('revision').executeTakeFirstOrThrow();
      return revision;
    },

    async readCheckSecret(candidate) {
      const read = () => queries.selectFrom('keyring').select('checkSecret').executeTakeFirstOrThrow();
      const { checkSecret } = await read();
      if (checkSecret !== null) return checkSecret;
      await queries
        .updateTable('keyring')
        .set({ checkSecret: candidate })
        .where('checkSecret', 'is', null)
        .execute();
      // Another process may have been first.
      return (await read()).checkSecret ?? candidate;
    },

    async listUncheckedHashes() {
      return await queries.selectFrom('uncheckedKeys').selectAll().execute();
    },
  };
}

type KeyQueries = Pick<KeyStore, 'hasKeys' | 'findOwned' | 'findByHash' | 'touch' | 'findProject'>;

function createKeyQueries(queries: Queries): KeyQueries {
  return {
    async hasKeys() {
      return (await queries.selectFrom('apiKeys').select('id').limit(1).executeTakeFirst()) !== undefined;
    },

    async findOwned(id) {
      const row = await queries
        .selectFrom('apiKeys')
        .innerJoin('projects', 'projects.id', 'apiKeys.projectId')
        .selectAll('apiKeys')
        .select(['projects.name as projectName', 'projects.limits as projectLimits'])
        .select('projects.budget as projectBudget')
        .where('apiKeys.id', '=', id)
        .where('apiKeys.deletedAtMs', 'is', null)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const project = {
        id: row.projectId,
        name: row.projectName,
        limits: toLimits(row.projectLimits),
        budget: toBudget(row.projectBudget),
      };
      return { key: toStoredKey(row), project };
    },

    async findByHash(hash) {
      const row = await queries
        .selectFrom('apiKeys')
        .selectAll()
        .where((where) => where.or([where('hash', '=', hash), where('previousHash', '=', hash)]))
        .executeTakeFirst();
      return row === undefined ? undefined : toStoredKey(row);
    },

    async touch(id, atMs) {
      await queries
        .updateTable('apiKeys')
        .set({ lastUsedAtMs: atMs })
        .where('id', '=', id)
        .where((row) => row.or([row('lastUsedAtMs', 'is', null), row('lastUsedAtMs', '<', atMs)]))
        .execute();
    },

    async findProject(id) {
      const row = await selectProjects(queries).where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toStoredProject(row);
    },
  };
}

type ListQueries = Pick<
  KeyStore,
  'list' | 'listPage' | 'listProjects' | 'listProjectPage' | 'listAuditPage' | 'removeAuditEntries'
>;

function createListQueries(queries: Queries): ListQueries {
  return {
    async list() {
      return (await selectKeys(queries).orderBy('createdAtMs').orderBy('id').execute()).map(toStoredKey);
    },

    async listPage({ projectId, ...query }) {
      const after = await findPlace(queries, 'apiKeys', query);
      if (after === 'unknown') return 'unknown-after';
      let page = selectKeys(queries).where(isBehind(after, query));
      if (projectId !== undefined) page = page.where('projectId', '=', projectId);
      const rows = await page
        .orderBy('createdAtMs', query.order)
        .orderBy('id', query.order)
        .limit(query.limit + 1)
        .execute();
      return toPage(rows.map(toStoredKey), query);
    },

    async listProjects() {
      const rows = await selectProjects(queries).orderBy('createdAtMs').orderBy('id').execute();
      return rows.map(toStoredProject);
    },

    async listProjectPage(query) {
      const after = await findPlace(queries, 'projects', query);
      if (after === 'unknown') return 'unknown-after';
      const rows = await selectProjects(queries)
        .where(isBehind(after, query))
        .orderBy('createdAtMs', query.order)
        .orderBy('id', query.order)
        .limit(query.limit + 1)
        .execute();
      return toPage(rows.map(toStoredProject), query);
    },

    async listAuditPage({ objectId, ...query }) {
      let page = queries
        .selectFrom('auditEntries')
        .selectAll()
        .orderBy('sequence', query.order)
        .limit(query.limit + 1);
      if (query.after !== undefined) {
        const place = await queries
          .selectFrom('auditEntries')
          .select('sequence')
          .where('id', '=', query.after)
          .executeTakeFirst();
        if (place === undefined) return 'unknown-after';
        page = page.where('sequence', query.order === 'asc' ? '>' : '<', place.sequence);
      }
      if (objectId !== undefined) page = page.where('objectId', '=', objectId);
      return toPage((await page.execute()).map(toAuditEntry), query);
    },

    async removeAuditEntries(beforeMs, limit) {
      // The oldest come first, so that no look reads the whole table.
      const oldest = await queries
        .selectFrom('auditEntries')
        .select(['sequence', 'atMs'])
        .orderBy('sequence')
        .limit(limit)
        .execute();
      const old = oldest.flatMap(({ sequence, atMs }) => (atMs < beforeMs ? [sequence] : []));
      if (old.length === 0) return 0;
      const { numDeletedRows } = await queries
        .deleteFrom('auditEntries')
        .where('sequence', 'in', old)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

interface Place {
  readonly id: string;
  readonly createdAtMs: number;
}

/** Where a page begins. A record that was deleted meanwhile still has its place. */
async function findPlace(
  queries: Queries,
  table: 'apiKeys' | 'projects',
  { after }: PageQuery,
): Promise<Place | undefined | 'unknown'> {
  if (after === undefined) return undefined;
  const place = await queries
    .selectFrom(table)
    .select(['id', 'createdAtMs'])
    .where('id', '=', after)
    .executeTakeFirst();
  return place ?? 'unknown';
}

function isBehind(place: Place | undefined, { order }: PageQuery) {
  if (place === undefined) return sql<boolean>`1 = 1`;
  const step = sql.raw(order === 'asc' ? '>' : '<');
  return sql<boolean>`(created_at_ms, id) ${step} (${place.createdAtMs}, ${place.id})`;
}

/** Read one row more than the page has, to detect whether there are more. */
function toPage<Item>(items: readonly Item[], { limit }: PageQuery): Page<Item> {
  return { items: items.slice(0, limit), hasMore: items.length > limit };
}
