import type { Selectable } from 'kysely';
import { type Settlement, toBucketStart, toWindowStart, windows, windowWidths } from '../usage-store.ts';
import type { KnownUse, SettledRequest } from './known-use.ts';
import { insertLedgerRows, type LedgerPlace } from './ledger-rows.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { OpenRequestsTable } from './usage-tables.ts';

type Queries = SqlDatabase['queries'];

/** What settling needs to know of an open request. */
const openColumns = [
  'number',
  'startedAtMs',
  'countsForKey',
  'countsForProject',
  'keyPeriod',
  'projectPeriod',
] as const;

type OpenRow = Pick<Selectable<OpenRequestsTable>, (typeof openColumns)[number]>;

export interface SettlementPlace extends LedgerPlace {
  readonly nowMs: number;
  /** Follows the change, where the use is kept in memory. */
  readonly known?: KnownUse | undefined;
}

/** Deletes the open rows, which only one can do, and does the rest for those that were there. */
export async function settleRequests(
  queries: Queries,
  settlements: readonly Settlement[],
  place: SettlementPlace,
): Promise<readonly Settlement[]> {
  const opened = await takeOpenRows(queries, settlements);
  const settled: SettledRequest[] = [];
  for (const settlement of settlements) {
    const { replicaId, number } = settlement.id;
    const open = opened.get(replicaId)?.get(number);
    if (open !== undefined) settled.push(toSettled(settlement, open));
  }
  await insertLedgerRows(
    queries,
    settled.map(({ row }) => row),
    place,
  );
  await addToBuckets(queries, settled, place);
  await addToSpendings(queries, settled, place);
  if (place.known !== undefined) for (const each of settled) place.known.noteSettled(each, place.nowMs);
  return settled;
}

/** By replica and number. */
async function takeOpenRows(
  queries: Queries,
  settlements: readonly Settlement[],
): Promise<ReadonlyMap<number, ReadonlyMap<number, OpenRow>>> {
  const opened = new Map<number, ReadonlyMap<number, OpenRow>>();
  for (const [replicaId, numbers] of groupNumbers(settlements)) {
    const rows = await queries
      .deleteFrom('openRequests')
      .where('replicaId', '=', replicaId)
      .where('number', 'in', padNumbers(numbers))
      .returning(openColumns)
      .execute();
    opened.set(replicaId, new Map(rows.map((row) => [row.number, row])));
  }
  return opened;
}

function groupNumbers(settlements: readonly Settlement[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const { id } of settlements) {
    const numbers = groups.get(id.replicaId);
    if (numbers === undefined) groups.set(id.replicaId, [id.number]);
    else numbers.push(id.number);
  }
  return groups;
}

/** To a power of two, with the last one again: few statements are prepared for lists of every length. */
function padNumbers(numbers: readonly number[]): readonly number[] {
  const length = 2 ** Math.ceil(Math.log2(numbers.length));
  return Array.from({ length }, (_, index) => numbers[Math.min(index, numbers.length - 1)] ?? 0);
}

function toSettled({ id, row }: Settlement, open: OpenRow): SettledRequest {
  return {
    id,
    row,
    startedAtMs: open.startedAtMs,
    subjects: [
      { subject: `key:${row.keyId}`, isCounted: open.countsForKey === 1, period: open.keyPeriod },
      {
        subject: `project:${row.projectId}`,
        isCounted: open.countsForProject === 1,
        period: open.projectPeriod,
      },
    ],
  };
}

async function addToBuckets(
  queries: Queries,
  settled: readonly SettledRequest[],
  { nowMs, inserts }: SettlementPlace,
): Promise<void> {
  const buckets = new Map<string, [subject: string, ...figures: number[]]>();
  for (const { row, startedAtMs, subjects } of settled) {
    const tokens = row.total.promptTokens + row.total.completionTokens;
    for (const width of windowWidths) {
      const startMs = toBucketStart(width, startedAtMs);
      if (startMs < toWindowStart(width, nowMs)) continue;
      const { widthMs } = windows[width];
      for (const { subject, isCounted } of subjects) {
        if (!isCounted) continue;
        const key = `${subject} ${widthMs} ${startMs}`;
        const [, , , requests = 0, before = 0] = buckets.get(key) ?? [];
        buckets.set(key, [subject, widthMs, startMs, requests + 1, before + tokens]);
      }
    }
  }
  const key = ['subject', 'widthMs', 'startMs'] as const;
  const target = { table: 'limitWindows', columns: [...key, 'requests', 'tokens'], key } as const;
  await inserts.add(queries, target, [...buckets.values()]);
}

async function addToSpendings(
  queries: Queries,
  settled: readonly SettledRequest[],
  { inserts }: SettlementPlace,
): Promise<void> {
  const spendings = new Map<string, [subject: string, period: string, nano: number, tokens: number]>();
  for (const { row, subjects } of settled) {
    const tokens = row.total.promptTokens + row.total.completionTokens;
    for (const { subject, period } of subjects) {
      if (period === null) continue;
      const key = `${subject} ${period}`;
      const [, , nano = 0, before = 0] = spendings.get(key) ?? [];
      spendings.set(key, [subject, period, nano + (row.costNano ?? 0), before + tokens]);
    }
  }
  const key = ['subject', 'period'] as const;
  const target = { table: 'budgetPeriods', columns: [...key, 'spentNano', 'spentTokens'], key } as const;
  await inserts.add(queries, target, [...spendings.values()]);
}
