// Whether the ledger, its sums and what was settled agree: each row is in the sums once, nothing is reserved by a process
// that is gone, and no budget paid for what the sums do not have.
import { type RawBuilder, sql } from 'kysely';
import { coarseBoundsMs, toCoarseBucket } from '../latency.ts';
import { hourMs, toHourStart } from '../ledger-row.ts';
import type { DifferenceQuestion, UsageDifference } from '../usage-report-store.ts';
import { toOwnerId, toSubjectKind } from '../usage-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { countBetween, toSum } from './sum-usage.ts';
import type { UsageNames } from './usage-names.ts';
import { countedNames, durationColumns } from './usage-tables.ts';

type Queries = SqlDatabase['queries'];

/** Hours of earlier versions have no other place. */
const placeNames = ['hourMs', 'key', 'project', 'model', 'endpoint'] as const;

/** A number that is in the sums and can be counted in the ledger. */
interface Compared {
  readonly name: string;
  /** Over rows of the ledger. */
  readonly ofLedger: RawBuilder<number>;
  /** Of one row of the sums. */
  readonly ofSums: RawBuilder<number>;
}

type Place = Readonly<Record<(typeof placeNames)[number], number>>;
type ComparedRow = Place & Readonly<Record<string, number>>;

/** Both tables are read in one statement, so that a request which ends meanwhile is in both or in none. */
export async function findSumDifferences(
  queries: Queries,
  names: UsageNames,
  { fromMs, toMs, limit }: DifferenceQuestion,
): Promise<readonly UsageDifference[]> {
  const compared = listCompared();
  const places = sql.join(placeNames.map((name) => sql.ref(name)));
  const ledgerSums = compared.map(({ name, ofLedger }) => sql`${ofLedger} AS ${sql.ref(name)}`);
  const sums = compared.map(({ ofSums }) => sql`- (${ofSums})`);
  const added = compared.map(({ name }) => sql`sum(${sql.ref(name)}) AS ${sql.ref(name)}`);
  const differs = compared.map(({ name }) => sql`sum(${sql.ref(name)}) <> 0`);
  const hour = sql`ended_at_ms - ended_at_ms % ${sql.lit(hourMs)}`;
  const [firstHourMs, lastHourMs] = [toHourStart(fromMs), toHourStart(toMs)];
  const { rows } = await sql<ComparedRow>`
    SELECT ${places}, ${sql.join(added)} FROM (
      SELECT ${hour} AS hour_ms, key, project, model, endpoint, ${sql.join(ledgerSums)} FROM ledger
      WHERE ended_at_ms >= ${firstHourMs} AND ended_at_ms < ${lastHourMs} GROUP BY 1, 2, 3, 4, 5
      UNION ALL
      SELECT hour_ms, key, project, model, endpoint, ${sql.join(sums)} FROM usage_sums
      WHERE hour_ms >= ${firstHourMs} AND hour_ms < ${lastHourMs}
    ) AS both_sides
    GROUP BY ${places} HAVING ${sql.join(differs, sql` OR `)}
    ORDER BY ${places} LIMIT ${limit}
  `.execute(queries);
  const words = await names.toNames(
    rows.flatMap(({ key, project, model, endpoint }) => [key, project, model, endpoint]),
  );
  const word = (id: number) => words.get(id) ?? '';
  const differences = rows.flatMap((row) =>
    compared.flatMap(({ name, ofSums }) => {
      const tooFew = row[name] ?? 0;
      return tooFew === 0 ? [] : [{ place: row, name, ofSums, tooFew }];
    }),
  );
  const described = [];
  for (const { place, name, ofSums, tooFew } of differences.slice(0, limit)) {
    const found = await readSum(queries, place, ofSums);
    const of = `${new Date(place.hourMs).toISOString()} key ${word(place.key)}, project ${word(place.project)}, model ${word(place.model)}, endpoint ${word(place.endpoint)}`;
    described.push({ kind: 'sum' as const, of, name, expected: found + tooFew, found });
  }
  return described;
}

/** No row is kept of what was refused. */
function listCompared(): readonly Compared[] {
  const counted = countedNames
    .filter((name) => !name.startsWith('refused'))
    .map((name) => ({ name, ofLedger: toSum('ledger', name), ofSums: sql<number>`${sql.ref(name)}` }));
  const latencies = [...coarseBoundsMs, undefined].map((upToMs, bucket) => {
    const columns = durationColumns.filter((_, fine) => toCoarseBucket(fine, coarseBoundsMs) === bucket);
    return {
      name: `latency${bucket}`,
      ofLedger: countBetween('totalMs', coarseBoundsMs[bucket - 1], upToMs),
      ofSums: sql<number>`${sql.join(
        columns.map((column) => sql.ref(column)),
        sql` + `,
      )}`,
    };
  });
  return [...counted, ...latencies];
}

async function readSum(queries: Queries, place: Place, value: RawBuilder<number>): Promise<number> {
  const row = await queries
    .selectFrom('usageSums')
    .select(sql<number | null>`sum(${value})`.as('found'))
    .where(({ and, eb }) => and(placeNames.map((column) => eb(column, '=', place[column]))))
    .executeTakeFirst();
  return row?.found ?? 0;
}

export async function findReservationDifferences(
  queries: Queries,
  limit: number,
): Promise<readonly UsageDifference[]> {
  const orphans = await queries
    .selectFrom('openRequests')
    .select(['replicaId', 'number', 'requestId', 'promptTokens', 'completionTokens'])
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('replicas').select('id').whereRef('replicas.id', '=', 'openRequests.replicaId'))),
    )
    .limit(limit)
    .execute();
  const opened = orphans.map(({ replicaId, number, requestId, promptTokens, completionTokens }) => ({
    kind: 'open-request' as const,
    of: `request ${requestId} (${replicaId}/${number}) of a process that is gone`,
    name: 'reservedTokens',
    expected: 0,
    found: promptTokens + completionTokens,
  }));
  return [...opened, ...(await findBudgetDifferences(queries, limit))].slice(0, limit);
}

async function findBudgetDifferences(queries: Queries, limit: number): Promise<readonly UsageDifference[]> {
  const periods = await queries
    .selectFrom('budgetPeriods')
    .selectAll()
    .orderBy('subject')
    .orderBy('period')
    .execute();
  const differences: UsageDifference[] = [];
  for (const { subject, period, spentNano, spentTokens } of periods) {
    const sums = await sumOfSubject(queries, subject, toEarliestStart(period));
    const of = `${subject}, ${period}`;
    if (spentTokens > sums.tokens) {
      differences.push({
        kind: 'budget',
        of,
        name: 'spentTokens',
        expected: sums.tokens,
        found: spentTokens,
      });
    }
    if (spentNano > sums.costNano) {
      differences.push({ kind: 'budget', of, name: 'spentNano', expected: sums.costNano, found: spentNano });
    }
    if (differences.length >= limit) break;
  }
  return differences;
}

/** A budget may have begun in its period: it paid for no more than the sums since then have, and perhaps for less. */
async function sumOfSubject(queries: Queries, subject: string, fromMs: number) {
  const row = await queries
    .selectFrom('usageSums')
    .select(({ fn }) => [
      sql<number | null>`sum(prompt_tokens + completion_tokens)`.as('tokens'),
      fn.sum<number | null>('costNano').as('costNano'),
    ])
    .where(toSubjectKind(subject), 'in', ({ selectFrom }) =>
      selectFrom('usageNames').select('id').where('name', '=', toOwnerId(subject)),
    )
    .where('hourMs', '>=', fromMs)
    .executeTakeFirst();
  return { tokens: row?.tokens ?? 0, costNano: row?.costNano ?? 0 };
}

/** The east of UTC is ahead by so much at most. */
const aheadMsMax = 14 * hourMs;

/** The earliest hour in which a period such as `month 2026-11-01 Europe/Berlin` may begin. */
function toEarliestStart(period: string): number {
  const [, day] = /^\w+ (\d{4}-\d{2}-\d{2}) /.exec(period) ?? [];
  return day === undefined ? 0 : Date.parse(`${day}T00:00:00Z`) - aheadMsMax;
}
