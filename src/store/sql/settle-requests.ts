import type { Insertable, Selectable } from 'kysely';
import { type LedgerRow, toHourStart, toLatencyBucket } from '../ledger-row.ts';
import { type Settlement, toBucketStart, toWindowStart, type UsageSubject, windows } from '../usage-store.ts';
import type { KnownUse } from './known-use.ts';
import type { RowInserts } from './row-inserts.ts';
import type { SqlDatabase } from './sql-database.ts';
import { numberOf } from './usage-names.ts';
import {
  type LedgerTable,
  latencyColumns,
  type OpenRequestsTable,
  type SummedName,
  summedNames,
  type UsageSumsTable,
} from './usage-tables.ts';

type Queries = SqlDatabase['queries'];
type OpenRow = Selectable<OpenRequestsTable>;

export interface SettlementPlace {
  readonly ids: ReadonlyMap<string, number>;
  readonly inserts: RowInserts;
  readonly nowMs: number;
  /** Follows the change, where the use is kept in memory. */
  readonly known?: KnownUse | undefined;
}

/** Every word of a row that stands in it as a number. */
export function listNames(row: LedgerRow): readonly string[] {
  const { keyId, projectId, endpoint, model, outcome, deployment, errorCode, finishReason } = row;
  const words = [deployment, errorCode, finishReason].flatMap((word) => word ?? []);
  return [keyId, projectId, endpoint, model, outcome, ...words];
}

/** Deletes the open rows, which only one can do, and does the rest for those that were there. */
export async function settleRequests(
  queries: Queries,
  settlements: readonly Settlement[],
  place: SettlementPlace,
): Promise<readonly Settlement[]> {
  const opened: OpenRow[] = [];
  for (const [replicaId, numbers] of groupNumbers(settlements)) {
    opened.push(
      ...(await queries
        .deleteFrom('openRequests')
        .where('replicaId', '=', replicaId)
        .where('number', 'in', numbers)
        .returningAll()
        .execute()),
    );
  }
  const settled = settlements.flatMap((settlement) => {
    const { replicaId, number } = settlement.id;
    const open = opened.find((row) => row.replicaId === replicaId && row.number === number);
    return open === undefined ? [] : [{ ...settlement, open }];
  });
  await insertLedgerRows(
    queries,
    settled.map(({ row }) => row),
    place,
  );
  await place.inserts.add(
    queries,
    'limitWindows',
    ['subject', 'widthMs', 'startMs'],
    toBuckets(settled, place),
  );
  await place.inserts.add(queries, 'budgetPeriods', ['subject', 'period'], toSpendings(settled));
  for (const { id, row, open } of place.known === undefined ? [] : settled) {
    const request = { id, row, startedAtMs: open.startedAtMs, subjects: listSubjects({ row, open }) };
    place.known?.noteSettled(request, place.nowMs);
  }
  return settled;
}

function groupNumbers(settlements: readonly Settlement[]): ReadonlyMap<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const { id } of settlements) {
    const numbers = groups.get(id.replicaId);
    if (numbers === undefined) groups.set(id.replicaId, [id.number]);
    else numbers.push(id.number);
  }
  return groups;
}

/** Rows, and what they add to the sums of their hour. */
export async function insertLedgerRows(
  queries: Queries,
  rows: readonly LedgerRow[],
  { ids, inserts }: Pick<SettlementPlace, 'ids' | 'inserts'>,
): Promise<void> {
  await inserts.insert(
    queries,
    'ledger',
    rows.map((row) => toTableRow(row, ids)),
  );
  await addToSums(
    queries,
    rows.map((row) => toSum(row, ids)),
    inserts,
  );
}

function toTableRow(row: LedgerRow, ids: ReadonlyMap<string, number>): Insertable<LedgerTable> {
  const { keyId, projectId, endpoint, model, deployment, outcome, errorCode, finishReason, ...rest } = row;
  const { isStreamed, isReplay, isEstimated, total, returned, costNano, firstTokenMs, queueMs, ...plain } =
    rest;
  const word = (name: string | undefined) => (name === undefined ? null : numberOf(ids, name));
  return {
    ...plain,
    key: numberOf(ids, keyId),
    project: numberOf(ids, projectId),
    endpoint: numberOf(ids, endpoint),
    model: numberOf(ids, model),
    deployment: word(deployment),
    outcome: numberOf(ids, outcome),
    errorCode: word(errorCode),
    finishReason: word(finishReason),
    isStreamed: Number(isStreamed),
    isReplay: Number(isReplay),
    isEstimated: Number(isEstimated),
    ...total,
    returnedPromptTokens: returned.promptTokens,
    returnedCachedTokens: returned.cachedTokens,
    returnedCompletionTokens: returned.completionTokens,
    returnedReasoningTokens: returned.reasoningTokens,
    costNano: costNano ?? null,
    firstTokenMs: firstTokenMs ?? null,
    queueMs: queueMs ?? null,
  };
}

type SumRow = Insertable<UsageSumsTable>;

const sumKey = ['hourMs', 'key', 'project', 'model', 'endpoint'] as const;

const zeros = Object.fromEntries(summedNames.map((name) => [name, 0])) as Record<SummedName, number>;

/** Nothing but where it belongs. */
export function createEmptySum(place: Pick<SumRow, (typeof sumKey)[number]>): SumRow {
  return { ...place, ...zeros };
}

function toSum(row: LedgerRow, ids: ReadonlyMap<string, number>): SumRow {
  const latency = latencyColumns[toLatencyBucket(row.totalMs)];
  const place = {
    hourMs: toHourStart(row.endedAtMs),
    key: numberOf(ids, row.keyId),
    project: numberOf(ids, row.projectId),
    model: numberOf(ids, row.model),
    endpoint: numberOf(ids, row.endpoint),
  };
  return {
    ...createEmptySum(place),
    requests: 1,
    ...row.total,
    costNano: row.costNano ?? 0,
    ...(latency === undefined ? {} : { [latency]: 1 }),
  };
}

/** One row for each place, in one order for every process, so that none waits for another that waits for it. */
export async function addToSums(
  queries: Queries,
  sums: readonly SumRow[],
  inserts: RowInserts,
): Promise<void> {
  const merged = new Map<string, SumRow>();
  for (const sum of sums) {
    const key = sumKey.map((name) => String(sum[name]).padStart(16, '0')).join();
    const before = merged.get(key);
    merged.set(key, before === undefined ? sum : addSums(before, sum));
  }
  const ordered = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  await inserts.add(queries, 'usageSums', sumKey, ordered);
}

function addSums(before: SumRow, sum: SumRow): SumRow {
  return { ...before, ...Object.fromEntries(summedNames.map((name) => [name, before[name] + sum[name]])) };
}

interface Settled extends Settlement {
  readonly open: OpenRow;
}

/** The subjects whose limits count the request, and the periods that pay for it. */
function listSubjects({ open, row }: Pick<Settled, 'open' | 'row'>) {
  const key: UsageSubject = `key:${row.keyId}`;
  const project: UsageSubject = `project:${row.projectId}`;
  return [
    { subject: key, isCounted: open.countsForKey === 1, period: open.keyPeriod },
    { subject: project, isCounted: open.countsForProject === 1, period: open.projectPeriod },
  ];
}

function toBuckets(settled: readonly Settled[], { nowMs }: Pick<SettlementPlace, 'nowMs'>) {
  const buckets = new Map<
    string,
    { subject: string; widthMs: number; startMs: number; requests: number; tokens: number }
  >();
  for (const settlement of settled) {
    const { promptTokens, completionTokens } = settlement.row.total;
    for (const { subject, isCounted } of listSubjects(settlement)) {
      for (const width of ['minute', 'day'] as const) {
        const startMs = toBucketStart(width, settlement.open.startedAtMs);
        if (!isCounted || startMs < toWindowStart(width, nowMs)) continue;
        const { widthMs } = windows[width];
        const key = `${subject} ${widthMs} ${startMs}`;
        const before = buckets.get(key) ?? { subject, widthMs, startMs, requests: 0, tokens: 0 };
        before.requests += 1;
        before.tokens += promptTokens + completionTokens;
        buckets.set(key, before);
      }
    }
  }
  return [...buckets.values()];
}

function toSpendings(settled: readonly Settled[]) {
  const spendings = new Map<
    string,
    { subject: string; period: string; spentNano: number; spentTokens: number }
  >();
  for (const settlement of settled) {
    const { total, costNano = 0 } = settlement.row;
    for (const { subject, period } of listSubjects(settlement)) {
      if (period === null) continue;
      const key = `${subject} ${period}`;
      const before = spendings.get(key) ?? { subject, period, spentNano: 0, spentTokens: 0 };
      before.spentNano += costNano;
      before.spentTokens += total.promptTokens + total.completionTokens;
      spendings.set(key, before);
    }
  }
  return [...spendings.values()];
}
