import { type ExpressionBuilder, type RawBuilder, type Selectable, sql } from 'kysely';
import type {
  ClaimOutcome,
  IdempotencyAges,
  IdempotencyStore,
  KeptAnswer,
  NewClaim,
} from '../idempotency-store.ts';
import type { DatabaseSchema, IdempotentAnswersTable } from './database-schema.ts';
import type { SqlDatabase } from './sql-database.ts';

type OpenedSql = Pick<SqlDatabase, 'queries' | 'dialect'>;

/** The database belongs to the caller, who closes it. */
export function createSqlIdempotencyStore(database: OpenedSql): IdempotencyStore {
  const { queries, dialect } = database;
  return {
    async claim(claim, ages) {
      for (;;) {
        if (await insertClaim(database, claim, ages)) return { kind: 'claimed' };
        const row = await findRow(database, claim);
        // Released in between.
        if (row !== undefined) return toOutcome(row, claim);
      }
    },

    async renew(claimIds, claimMsMax) {
      await queries
        .updateTable('idempotentAnswers')
        .set({ claimedUntilMs: after(dialect.nowMs(), claimMsMax) })
        .where('claimId', 'in', claimIds)
        .where('claimedUntilMs', 'is not', null)
        .execute();
    },

    async complete(claimId, answer) {
      const result = await queries
        .updateTable('idempotentAnswers')
        .set(toAnswerColumns(answer))
        .where('claimId', '=', claimId)
        .where('claimedUntilMs', 'is not', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },

    async release(claimId) {
      await queries
        .deleteFrom('idempotentAnswers')
        .where('claimId', '=', claimId)
        .where('claimedUntilMs', 'is not', null)
        .execute();
    },

    async measure({ ownerId }) {
      const { count, bytes } = await queries
        .selectFrom('idempotentAnswers')
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number | null>('bytes').as('bytes')])
        .where('ownerId', '=', ownerId)
        .where('claimedUntilMs', 'is', null)
        .executeTakeFirstOrThrow();
      return { count, bytes: bytes ?? 0 };
    },

    async removeOldest({ ownerId }, count) {
      const oldest = queries
        .selectFrom('idempotentAnswers')
        .select('claimId')
        .where('ownerId', '=', ownerId)
        .where('claimedUntilMs', 'is', null)
        .orderBy('claimedAtMs')
        .limit(count);
      await queries.deleteFrom('idempotentAnswers').where('claimId', 'in', oldest).execute();
    },

    async removeExpired(answerMsMax, countMax) {
      const expired = queries
        .selectFrom('idempotentAnswers')
        .select('claimId')
        .where('claimedAtMs', '<=', after(dialect.nowMs(), -answerMsMax))
        .where(({ or, eb }) =>
          or([eb('claimedUntilMs', 'is', null), eb('claimedUntilMs', '<=', dialect.nowMs())]),
        )
        .orderBy('claimedAtMs')
        .limit(countMax);
      const { numDeletedRows } = await queries
        .deleteFrom('idempotentAnswers')
        .where('claimId', 'in', expired)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

/** One statement, so that only one of two requests gets the row. */
async function insertClaim(
  { queries, dialect }: OpenedSql,
  { claimId, ownerId, keyHash, requestHash }: NewClaim,
  { claimMsMax, answerMsMax }: IdempotencyAges,
): Promise<boolean> {
  const claim = {
    claimId,
    requestHash,
    claimedAtMs: dialect.nowMs(),
    claimedUntilMs: after(dialect.nowMs(), claimMsMax),
    bytes: 0,
    head: null,
    text: null,
  };
  const inserted = await queries
    .insertInto('idempotentAnswers')
    .values({ ownerId, keyHash, ...claim })
    .onConflict((conflict) =>
      conflict
        .columns(['ownerId', 'keyHash'])
        .doUpdateSet(claim)
        .where((builder) => isFree(builder, dialect.nowMs(), answerMsMax)),
    )
    .returning('claimId')
    .executeTakeFirst();
  return inserted !== undefined;
}

function isFree(
  { or, and, eb, ref }: ExpressionBuilder<DatabaseSchema, 'idempotentAnswers'>,
  now: RawBuilder<number>,
  answerMsMax: number,
) {
  const until = ref('idempotentAnswers.claimedUntilMs');
  const isOld = eb(ref('idempotentAnswers.claimedAtMs'), '<=', after(now, -answerMsMax));
  return or([eb(until, '<=', now), and([eb(until, 'is', null), isOld])]);
}

function findRow({ queries }: OpenedSql, { ownerId, keyHash }: NewClaim) {
  return queries
    .selectFrom('idempotentAnswers')
    .selectAll()
    .where('ownerId', '=', ownerId)
    .where('keyHash', '=', keyHash)
    .executeTakeFirst();
}

function toOutcome(row: Selectable<IdempotentAnswersTable>, { requestHash }: NewClaim): ClaimOutcome {
  if (row.requestHash !== requestHash) return { kind: 'other-request' };
  if (row.head === null || row.text === null) return { kind: 'in-flight' };
  const head = JSON.parse(row.head) as Omit<KeptAnswer, 'text'>;
  return { kind: 'answered', answer: { ...head, text: row.text } };
}

function toAnswerColumns({ text, ...head }: KeptAnswer) {
  return { claimedUntilMs: null, head: JSON.stringify(head), text, bytes: Buffer.byteLength(text) };
}

function after(now: RawBuilder<number>, passedMs: number): RawBuilder<number> {
  return sql<number>`${now} + ${sql.lit(passedMs)}`;
}
