import { type Expression, type RawBuilder, sql } from 'kysely';
import { latencyBoundsMs } from '../latency.ts';
import type {
  UsageDimension,
  UsageFilter,
  UsageGroup,
  UsageGroupSum,
  UsageQuestion,
  UsageTotals,
} from '../usage-report-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { UsageNames } from './usage-names.ts';
import {
  type CountedName,
  countedNames,
  durationColumns,
  firstTokenColumns,
  type SummedName,
  summedNames,
  type TimeColumn,
} from './usage-tables.ts';

type Queries = SqlDatabase['queries'];

export const dimensionColumns = {
  keyId: 'key',
  projectId: 'project',
  model: 'model',
  endpoint: 'endpoint',
  deployment: 'deployment',
  outcome: 'outcome',
} as const satisfies Record<UsageDimension, string>;

type SumRow = Readonly<Record<CountedName, number> & Partial<Record<TimeColumn, number>>>;
type GroupRow = SumRow & { readonly bucketStartMs: number } & {
  readonly [Name in (typeof dimensionColumns)[UsageDimension]]?: number | null;
};

export async function sumUsage(
  queries: Queries,
  names: UsageNames,
  question: UsageQuestion,
): Promise<readonly UsageGroupSum[] | 'too-many'> {
  const { source, fromMs, toMs, bucketMs, groupBy, filter, groupsMax, hasTimes } = question;
  const atMs = sql.ref(toTimeColumn(source));
  // As a literal: Postgres takes the same expression with two parameters for two expressions.
  const bucketStartMs =
    bucketMs === undefined ? sql<number>`0` : sql<number>`${atMs} - ${atMs} % ${sql.lit(bucketMs)}`;
  const columns = groupBy.map((dimension) => sql.ref(dimensionColumns[dimension]));
  const summed = hasTimes ? summedNames : countedNames;
  const sums = summed.map((name) => sql`${toSum(source, name)} AS ${sql.ref(name)}`);
  const parts = [bucketStartMs, ...columns];
  const { rows } = await sql<GroupRow>`
    SELECT ${sql.join([sql`${bucketStartMs} AS ${sql.ref('bucketStartMs')}`, ...columns, ...sums])}
    FROM ${sql.table(source === 'sums' ? 'usageSums' : 'ledger')}
    WHERE ${sql.join([sql`${atMs} >= ${fromMs}`, sql`${atMs} < ${toMs}`, ...toConditions(filter)], sql` AND `)}
    GROUP BY ${sql.join(parts.map((_, index) => sql.lit(index + 1)))}
    ORDER BY 1
    LIMIT ${groupsMax + 1}
  `.execute(queries);
  if (rows.length > groupsMax) return 'too-many';
  const words = await names.toNames(
    rows.flatMap((row) => groupBy.map((dimension) => row[dimensionColumns[dimension]] ?? 0)),
  );
  return rows.map((row) => ({
    bucketStartMs: row.bucketStartMs,
    group: toGroup(row, groupBy, words),
    totals: toTotals(row, hasTimes),
  }));
}

/** The sums know the hour in which a request ended. */
function toTimeColumn(source: UsageQuestion['source']): string {
  return source === 'sums' ? 'hourMs' : 'endedAtMs';
}

export function toSum(source: UsageQuestion['source'], name: SummedName): RawBuilder<number> {
  return source === 'sums' ? sql<number>`sum(${sql.ref(name)})` : toLedgerSum(name);
}

function toLedgerSum(name: SummedName): RawBuilder<number> {
  switch (name) {
    case 'requests':
      return sql<number>`count(*)`;
    // No row is kept of what was refused.
    case 'refusedByLimit':
    case 'refusedByBudget':
    case 'refusedOtherwise':
      return sql<number>`0`;
    case 'promptTokens':
    case 'cachedTokens':
    case 'completionTokens':
    case 'reasoningTokens':
      return sql<number>`sum(${sql.ref(name)})`;
    case 'costNano':
      return sql<number>`sum(coalesce(${sql.ref(name)}, 0))`;
    default:
      return toTimeSum(name);
  }
}

function toTimeSum(name: TimeColumn): RawBuilder<number> {
  const durations: readonly string[] = durationColumns;
  const firstTokens: readonly string[] = firstTokenColumns;
  const [column, names] = durations.includes(name)
    ? (['totalMs', durations] as const)
    : (['firstTokenMs', firstTokens] as const);
  const bucket = names.indexOf(name);
  return countBetween(column, latencyBoundsMs[bucket - 1], latencyBoundsMs[bucket]);
}

/** Each request is in the first bucket whose bound it does not pass. A time that is not known is in none. */
export function countBetween(
  column: 'totalMs' | 'firstTokenMs',
  aboveMs: number | undefined,
  upToMs: number | undefined,
): RawBuilder<number> {
  const timeMs = sql.ref(column);
  const above = sql`${timeMs} > ${sql.lit(aboveMs ?? -1)}`;
  const isIn = upToMs === undefined ? above : sql`${above} AND ${timeMs} <= ${sql.lit(upToMs)}`;
  return sql<number>`sum(CASE WHEN ${isIn} THEN 1 ELSE 0 END)`;
}

/** Names that no row has match nothing; nothing is written to learn that. */
export function toConditions(filter: UsageFilter): Expression<unknown>[] {
  return (Object.keys(dimensionColumns) as UsageDimension[]).flatMap((dimension) => {
    const values = filter[dimension];
    if (values === undefined) return [];
    if (values.length === 0) return [sql`false`];
    const ids = sql`SELECT id FROM usage_names WHERE name IN (${sql.join([...values])})`;
    return [sql`${sql.ref(dimensionColumns[dimension])} IN (${ids})`];
  });
}

function toGroup(
  row: GroupRow,
  groupBy: readonly UsageDimension[],
  words: ReadonlyMap<number, string>,
): UsageGroup {
  return Object.fromEntries(
    groupBy.map((dimension) => [dimension, words.get(row[dimensionColumns[dimension]] ?? 0) ?? '']),
  );
}

function toTotals(row: SumRow, hasTimes: boolean): UsageTotals {
  const { requests, promptTokens, cachedTokens, completionTokens, reasoningTokens, costNano } = row;
  const { refusedByLimit, refusedByBudget, refusedOtherwise } = row;
  return {
    requests,
    refused: { refusedByLimit, refusedByBudget, refusedOtherwise },
    promptTokens,
    cachedTokens,
    completionTokens,
    reasoningTokens,
    costNano,
    durations: hasTimes ? durationColumns.map((name) => row[name] ?? 0) : [],
    firstTokens: hasTimes ? firstTokenColumns.map((name) => row[name] ?? 0) : [],
  };
}
