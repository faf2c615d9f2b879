// Where the rows of the ledger are that a filter may find: the sums of each hour know. So a page takes no longer where few
// of ten million rows pass the filter, and the ledger needs no index for each part of a filter.
import { type Expression, sql } from 'kysely';
import { hourMs, toHourStart } from '../ledger-row.ts';
import type { LedgerPageQuestion, TimeSpan } from '../usage-report-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { toConditions } from './sum-usage.ts';
import { notAdmittedOutcome } from './usage-tables.ts';

type Queries = SqlDatabase['queries'];
type SpanQuestion = Pick<LedgerPageQuestion, 'fromMs' | 'toMs' | 'filter' | 'after' | 'order' | 'limit'>;

/** The spans in the order of the rows; outside of them nothing passes the filter. */
export async function* findLedgerSpans(queries: Queries, question: SpanQuestion): AsyncGenerator<TimeSpan> {
  const { filter, order } = question;
  const span = toSpanBehind(question);
  if (Object.values(filter).every((values) => values === undefined)) {
    yield span;
    return;
  }
  let { fromMs, toMs } = span;
  // Each hour has a row at least, and one more row than the page has is read.
  const hoursMax = question.limit + 1;
  for (let isWhole = false; !isWhole; ) {
    const hours = await findHours(queries, { ...question, fromMs, toMs }, hoursMax);
    for (const joined of joinHours(hours, order)) {
      yield { fromMs: Math.max(joined.fromMs, span.fromMs), toMs: Math.min(joined.toMs, span.toMs) };
    }
    const last = hours.at(-1);
    isWhole = last === undefined || hours.length < hoursMax;
    if (order === 'asc') fromMs = (last ?? 0) + hourMs;
    else toMs = last ?? 0;
  }
}

/** What is left of the span behind the position. */
function toSpanBehind({ fromMs, toMs, after, order }: SpanQuestion): TimeSpan {
  if (after === undefined) return { fromMs, toMs };
  return order === 'asc'
    ? { fromMs: Math.max(fromMs, after.endedAtMs), toMs }
    : { fromMs, toMs: Math.min(toMs, after.endedAtMs + 1) };
}

async function findHours(
  queries: Queries,
  { fromMs, toMs, filter, order }: SpanQuestion,
  hoursMax: number,
): Promise<readonly number[]> {
  const { deployment, outcome, ...others } = filter;
  const conditions = [
    sql`hour_ms >= ${toHourStart(fromMs)}`,
    sql`hour_ms < ${toMs}`,
    sql`outcome NOT IN (SELECT id FROM usage_names WHERE name = ${notAdmittedOutcome})`,
    ...toConditions(others),
    // Hours of earlier versions don't know these two: they may have any.
    sql`(${joinConditions([sql`true`, ...toConditions({ deployment, outcome })])} OR ${joinConditions(toConditions({ outcome: [''] }))})`,
  ];
  const { rows } = await sql<{ readonly hourMs: number }>`
    SELECT DISTINCT hour_ms FROM usage_sums WHERE ${joinConditions(conditions)}
    ORDER BY hour_ms ${sql.raw(order === 'asc' ? 'ASC' : 'DESC')} LIMIT ${hoursMax}
  `.execute(queries);
  return rows.map((row) => row.hourMs);
}

function joinConditions(conditions: readonly Expression<unknown>[]) {
  return sql.join([...conditions], sql` AND `);
}

/** Neighbours become one span. */
function joinHours(hours: readonly number[], order: LedgerPageQuestion['order']): readonly TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (const startMs of hours) {
    const hour = { fromMs: startMs, toMs: startMs + hourMs };
    const last = spans.at(-1);
    if (order === 'asc' && last?.toMs === hour.fromMs) spans.splice(-1, 1, { ...last, toMs: hour.toMs });
    else if (order === 'desc' && last?.fromMs === hour.toMs)
      spans.splice(-1, 1, { ...last, fromMs: hour.fromMs });
    else spans.push(hour);
  }
  return spans;
}
