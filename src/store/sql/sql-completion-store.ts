import type { Selectable } from 'kysely';
import type {
  CompletionCollection,
  CompletionKey,
  CompletionMetadata,
  CompletionQuery,
  CompletionStore,
  StoredCompletion,
} from '../completion-store.ts';
import type { StoredCompletionsTable } from './database-schema.ts';
import type { SqlDatabase } from './sql-database.ts';

type OpenedSql = Pick<SqlDatabase, 'queries' | 'dialect'>;
type Queries = SqlDatabase['queries'];

/** The database belongs to the caller, who closes it. */
export function createSqlCompletionStore(database: OpenedSql): CompletionStore {
  const { queries } = database;
  return {
    async insert(completion) {
      await queries.insertInto('storedCompletions').values(toRow(completion)).execute();
    },

    async find(key) {
      const row = await ownRows(queries, key).where('id', '=', key.id).executeTakeFirst();
      return row === undefined ? undefined : toStoredCompletion(row);
    },

    async list(query) {
      const afterSequence = await findSequence(queries, query);
      if (query.after !== undefined && afterSequence === undefined) return 'unknown-after';
      const rows = await selectPage(database, query, afterSequence).execute();
      return {
        completions: rows.slice(0, query.limit).map(toStoredCompletion),
        hasMore: rows.length > query.limit,
      };
    },

    async setMetadata(key, metadata) {
      const row = await queries
        .updateTable('storedCompletions')
        .set({ metadata: JSON.stringify(metadata) })
        .where('ownerId', '=', key.ownerId)
        .where('kind', '=', key.kind)
        .where('id', '=', key.id)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : toStoredCompletion(row);
    },

    async remove(key) {
      const result = await queries
        .deleteFrom('storedCompletions')
        .where('ownerId', '=', key.ownerId)
        .where('kind', '=', key.kind)
        .where('id', '=', key.id)
        .executeTakeFirst();
      return result.numDeletedRows === 1n;
    },

    async measure({ ownerId, kind }) {
      const { count, bytes } = await queries
        .selectFrom('storedCompletions')
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number | null>('bytes').as('bytes')])
        .where('ownerId', '=', ownerId)
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow();
      return { count, bytes: bytes ?? 0 };
    },

    async removeOldest({ ownerId, kind }, count) {
      const oldest = queries
        .selectFrom('storedCompletions')
        .select('sequence')
        .where('ownerId', '=', ownerId)
        .where('kind', '=', kind)
        .orderBy('sequence')
        .limit(count);
      await queries.deleteFrom('storedCompletions').where('sequence', 'in', oldest).execute();
    },

    async removeMadeBefore(createdAtMs) {
      await queries.deleteFrom('storedCompletions').where('createdAtMs', '<', createdAtMs).execute();
    },
  };
}

function ownRows(queries: Queries, { ownerId, kind }: CompletionCollection) {
  return queries
    .selectFrom('storedCompletions')
    .selectAll()
    .where('ownerId', '=', ownerId)
    .where('kind', '=', kind);
}

/** Read one row more than the page has, to detect whether there are more. */
function selectPage(
  { queries, dialect }: OpenedSql,
  query: CompletionQuery,
  afterSequence: number | undefined,
) {
  const { order, limit, model, metadata = {} } = query;
  let page = ownRows(queries, query)
    .orderBy('sequence', order)
    .limit(limit + 1);
  if (afterSequence !== undefined) page = page.where('sequence', order === 'asc' ? '>' : '<', afterSequence);
  if (model !== undefined) page = page.where('model', '=', model);
  for (const [key, value] of Object.entries(metadata)) page = page.where(dialect.hasMetadata(key, value));
  return page;
}

async function findSequence(
  queries: Queries,
  { ownerId, kind, after }: CompletionQuery,
): Promise<number | undefined> {
  if (after === undefined) return undefined;
  const row = await queries
    .selectFrom('storedCompletions')
    .select('sequence')
    .where('ownerId', '=', ownerId)
    .where('kind', '=', kind)
    .where('id', '=', after)
    .executeTakeFirst();
  return row?.sequence;
}

function toRow({ metadata, inputText, outputText, ...plain }: StoredCompletion) {
  return {
    ...plain,
    metadata: JSON.stringify(metadata),
    inputText,
    outputText,
    bytes: Buffer.byteLength(inputText) + Buffer.byteLength(outputText),
  };
}

function toStoredCompletion(row: Selectable<StoredCompletionsTable>): StoredCompletion {
  const { sequence: _sequence, bytes: _bytes, kind, metadata, ...plain } = row;
  return {
    ...plain,
    kind: kind as CompletionKey['kind'],
    metadata: JSON.parse(metadata) as CompletionMetadata,
  };
}
