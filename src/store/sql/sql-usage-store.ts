import { createHash } from 'node:crypto';
import {
  toOwnerId,
  toWindowStart,
  type UsageStore,
  type UsageSubject,
  type UsageTransaction,
  type UseQuestion,
  windows,
  windowWidths,
} from '../usage-store.ts';
import { KnownUse } from './known-use.ts';
import { createLimitClock, type LimitClock, readLatestTime } from './limit-clock.ts';
import { toOpenRequest } from './open-request-rows.ts';
import type { KnownDatabase } from './read-known-use.ts';
import { readCurrentUse, readSubjectUse } from './read-use.ts';
import { createRowInserts, type RowInserts } from './row-inserts.ts';
import { runTransaction } from './run-transaction.ts';
import type { SqlDatabase, SqlDialect } from './sql-database.ts';
import { createUsageTransaction, type ReadAhead } from './sql-usage-transaction.ts';
import { Turns } from './turns.ts';
import { createUsageNames, type KeptUsageNames, type UsageNames } from './usage-names.ts';
import { listRefusalNames, UsageSums } from './usage-sums.ts';

type OpenedSql = Pick<SqlDatabase, 'queries' | 'dialect'>;

interface QueryContext extends OpenedSql {
  readonly names: KeptUsageNames;
  readonly clock: LimitClock;
  readonly inserts: RowInserts;
  /** Undefined where others change the database all the time. */
  readonly known: KnownDatabase | undefined;
  /** Changes of this process one after the other, so that what is known follows each of them to its end. */
  readonly turns: Turns;
}

/**
 * The caller owns and closes the database; one store for each connection. `clock` is for databases without a clock; by
 * default the clock of this process.
 */
export function createSqlUsageStore(database: OpenedSql, clock: LimitClock = createLimitClock()): UsageStore {
  const names = createUsageNames(database.queries);
  const context = {
    ...database,
    names,
    clock,
    inserts: createRowInserts(database.dialect),
    known: toKnown(database.dialect),
    turns: new Turns(),
  };
  return {
    ...createReplicaQueries(context),
    ...createCleaningQueries(context),
    change: (subjects, work, questions) => changeUse(context, subjects, work, questions),

    async readUse(questions) {
      const ids = await context.names.toIds(questions.map(({ subject }) => toOwnerId(subject)));
      return await readSubjectUse(database, questions, ids, await readClock(context));
    },

    async addRefusals(refusals) {
      const ids = await context.names.toIds(listRefusalNames(refusals));
      const sums = new UsageSums(ids);
      for (const refusal of refusals) sums.addRefusals(refusal);
      await runTransaction(database.queries, (transaction) => sums.write(transaction, context.inserts));
    },
  };
}

function toKnown({ othersVersion }: SqlDialect): KnownDatabase | undefined {
  return othersVersion === undefined ? undefined : { use: new KnownUse(), othersVersion };
}

type ReplicaQueries = Pick<
  UsageStore,
  'registerReplica' | 'beat' | 'listReplicas' | 'removeReplica' | 'listOpenRequests'
>;

function createReplicaQueries(context: QueryContext): ReplicaQueries {
  const { queries, names, clock } = context;
  return {
    async registerReplica(place) {
      clock.advanceTo(await readLatestTime(queries));
      const nowMs = await readClock(context);
      const { id } = await queries
        .insertInto('replicas')
        .values({ ...place, startedAtMs: nowMs, beatAtMs: nowMs })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },

    async beat(replicaId) {
      const nowMs = await readClock(context);
      const { numUpdatedRows } = await queries
        .updateTable('replicas')
        .set({ beatAtMs: nowMs })
        .where('id', '=', replicaId)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async listReplicas() {
      const nowMs = await readClock(context);
      const rows = await queries.selectFrom('replicas').selectAll().orderBy('id').execute();
      return rows.map(({ id, host, processId, beatAtMs }) => ({
        id,
        host,
        processId,
        silentMs: Math.max(0, nowMs - beatAtMs),
      }));
    },

    async removeReplica(replicaId) {
      await queries
        .deleteFrom('replicas')
        .where('id', '=', replicaId)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('openRequests').select('number').where('replicaId', '=', replicaId))),
        )
        .execute();
    },

    async listOpenRequests(replicaId, limit) {
      const rows = await queries
        .selectFrom('openRequests')
        .selectAll()
        .where('replicaId', '=', replicaId)
        .orderBy('number')
        .limit(limit)
        .execute();
      const words = await names.toNames(
        rows.flatMap((row) => [row.key, row.project, row.endpoint, row.model, row.deployment ?? row.model]),
      );
      return rows.map((row) => toOpenRequest(row, words));
    },
  };
}

type CleaningQueries = Pick<UsageStore, 'removeLedgerRows' | 'removeSpentBuckets'>;

function createCleaningQueries(context: QueryContext): CleaningQueries {
  const { queries } = context;
  return {
    async removeLedgerRows(endedBeforeMs, limit) {
      const old = queries
        .selectFrom('ledger')
        .select('id')
        .where('endedAtMs', '<', endedBeforeMs)
        .orderBy('endedAtMs')
        .limit(limit);
      const { numDeletedRows } = await queries
        .deleteFrom('ledger')
        .where('id', 'in', old)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },

    async removeSpentBuckets(limit) {
      const nowMs = await readClock(context);
      let removed = 0;
      for (const width of windowWidths) {
        const old = queries
          .selectFrom('limitWindows')
          .select(['subject', 'startMs'])
          .where('widthMs', '=', windows[width].widthMs)
          .where('startMs', '<', toWindowStart(width, nowMs))
          .limit(limit - removed);
        const { numDeletedRows } = await queries
          .deleteFrom('limitWindows')
          .where('widthMs', '=', windows[width].widthMs)
          .where(({ eb, refTuple }) =>
            eb(refTuple('subject', 'startMs'), 'in', old.$asTuple('subject', 'startMs')),
          )
          .executeTakeFirstOrThrow();
        removed += Number(numDeletedRows);
      }
      return removed;
    },
  };
}

async function changeUse<Result>(
  context: QueryContext,
  subjects: readonly UsageSubject[],
  work: (transaction: UsageTransaction) => Promise<Result>,
  questions: readonly UseQuestion[] = [],
): Promise<Result> {
  const { known, turns } = context;
  if (known === undefined) return await changeInTransaction(context, subjects, work, questions);
  return await turns.run(async () => {
    try {
      return await changeInTransaction(context, subjects, work, []);
    } catch (error) {
      known.use.forget();
      throw error;
    }
  });
}

async function changeInTransaction<Result>(
  context: QueryContext,
  subjects: readonly UsageSubject[],
  work: (transaction: UsageTransaction) => Promise<Result>,
  questions: readonly UseQuestion[],
): Promise<Result> {
  let commit = () => {};
  const { dialect, inserts, known } = context;
  const result = await runTransaction(context.queries, async (queries) => {
    const names = context.names.within(queries);
    commit = names.commit;
    const { nowMs, readAhead } = await begin({ ...context, queries }, names, subjects, questions);
    return await work(createUsageTransaction({ queries, dialect, names, nowMs, inserts, known, readAhead }));
  });
  commit();
  return result;
}

/** Locks the subjects and tells the time, with the use that is asked about where the database has a clock. */
async function begin(
  opened: Pick<QueryContext, 'queries' | 'dialect' | 'clock'>,
  names: UsageNames,
  subjects: readonly UsageSubject[],
  questions: readonly UseQuestion[],
): Promise<{ readonly nowMs: number; readonly readAhead: ReadAhead | undefined }> {
  const { queries, dialect } = opened;
  if (questions.length === 0 || dialect.lockAndTellTime === undefined) {
    return { nowMs: await readClock(opened, subjects), readAhead: undefined };
  }
  const ids = await names.toIds(questions.map(({ subject }) => toOwnerId(subject)));
  // A statement of its own: the next one sees what was committed while this one waited.
  await dialect.lockAndTellTime(toLocks(subjects), true).execute(queries);
  const { nowMs, uses } = await readCurrentUse(opened, questions, ids);
  return { nowMs, readAhead: { questions, uses } };
}

/** The time on the clock of limits. Only one of the transactions that lock a subject continues at a time. */
async function readClock(
  { queries, dialect, clock }: Pick<QueryContext, 'queries' | 'dialect' | 'clock'>,
  locked: readonly UsageSubject[] = [],
): Promise<number> {
  if (dialect.lockAndTellTime === undefined) return clock.nowMs();
  const { rows } = await dialect.lockAndTellTime(toLocks(locked)).execute(queries);
  return rows[0]?.nowMs ?? clock.nowMs();
}

/** In one order for every process. */
function toLocks(subjects: readonly UsageSubject[]): readonly string[] {
  return subjects.map(toLockNumber).sort();
}

/** 64 bits of a hash, as a signed number in decimal digits. */
function toLockNumber(subject: UsageSubject): string {
  return createHash('sha256').update(`limits ${subject}`).digest().readBigInt64BE().toString();
}
