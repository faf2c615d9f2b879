import { type ExpressionBuilder, sql } from 'kysely';
import type { BudgetNotice, BudgetNoticeStore, ClaimedMessage, SpentPeriod } from '../budget-notice-store.ts';
import type { UsageSubject } from '../usage-store.ts';
import type { DatabaseSchema } from './database-schema.ts';
import { runTransaction } from './run-transaction.ts';
import type { SqlDatabase } from './sql-database.ts';

type OpenedSql = Pick<SqlDatabase, 'queries' | 'dialect'>;
type PeriodColumns = ExpressionBuilder<DatabaseSchema, 'budgetPeriods'>;

/** The database belongs to the caller, who closes it. */
export function createSqlBudgetNoticeStore({ queries, dialect }: OpenedSql): BudgetNoticeStore {
  const afterNow = (delayMs: number) => sql<number>`${dialect.nowMs()} + ${sql.lit(delayMs)}`;
  return {
    async readSpent(periods) {
      if (periods.length === 0) return [];
      const rows = await queries
        .selectFrom('budgetPeriods')
        .selectAll()
        .where(({ or, and, eb }) =>
          or(
            periods.map(({ subject, period }) =>
              and([eb('subject', '=', subject), eb('period', '=', period)]),
            ),
          ),
        )
        .execute();
      return rows.map(
        ({ subject, period, spentNano, spentTokens, noticedNano, noticedTokens }): SpentPeriod => ({
          subject: subject as UsageSubject,
          period,
          spentNano,
          spentTokens,
          noticed: { amountNano: noticedNano, tokens: noticedTokens },
        }),
      );
    },

    record: (notice, message) =>
      runTransaction(queries, async (transaction) => {
        // One statement, so that only one of several servers finds the old value.
        const { numUpdatedRows } = await transaction
          .updateTable('budgetPeriods')
          .set((columns) => ({
            noticedNano: toHigher(columns, 'noticedNano', notice.limits.amountNano),
            noticedTokens: toHigher(columns, 'noticedTokens', notice.limits.tokens),
          }))
          .where('subject', '=', notice.subject)
          .where('period', '=', notice.period)
          .where((columns) => isNew(columns, notice))
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        if (message !== undefined) {
          const { id, body } = message;
          const values = { id, body, attempts: 0, dueAtMs: dialect.nowMs() };
          await transaction.insertInto('webhookMessages').values(values).execute();
        }
        return true;
      }),

    async claimDue(leaseMs, countMax) {
      const due = queries
        .selectFrom('webhookMessages')
        .select('id')
        .where('dueAtMs', '<=', dialect.nowMs())
        .orderBy('dueAtMs')
        .limit(countMax);
      const rows = await queries
        .updateTable('webhookMessages')
        .set(({ eb }) => ({ attempts: eb('attempts', '+', 1), dueAtMs: afterNow(leaseMs) }))
        .where('id', 'in', due)
        // Where another server was faster, the row is not due any more once its lock is free.
        .where('dueAtMs', '<=', dialect.nowMs())
        .returning(['id', 'body', 'attempts'])
        .execute();
      return rows satisfies readonly ClaimedMessage[];
    },

    async postpone({ id, attempts }, delayMs) {
      await queries
        .updateTable('webhookMessages')
        .set({ dueAtMs: afterNow(delayMs) })
        .where('id', '=', id)
        .where('attempts', '=', attempts)
        .execute();
    },

    async remove(id) {
      await queries.deleteFrom('webhookMessages').where('id', '=', id).execute();
    },
  };
}

function toHigher(columns: PeriodColumns, name: 'noticedNano' | 'noticedTokens', limit = 0) {
  return columns.case().when(name, '<', limit).then(limit).else(columns.ref(name)).end();
}

function isNew({ or, eb }: PeriodColumns, { passed }: BudgetNotice) {
  const { amountNano = 0, tokens = 0 } = passed;
  return or([eb('noticedNano', '<', amountNano), eb('noticedTokens', '<', tokens)]);
}
