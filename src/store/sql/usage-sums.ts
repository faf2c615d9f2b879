import { toLatencyBucket } from '../latency.ts';
import { type LedgerRow, refusalKinds, toHourStart, type UsageSum } from '../ledger-row.ts';
import type { RowInserts } from './row-inserts.ts';
import type { SqlDatabase } from './sql-database.ts';
import { numberOf } from './usage-names.ts';
import {
  type CountedName,
  countedNames,
  durationColumns,
  firstTokenColumns,
  notAdmittedOutcome,
  summedNames,
  sumPlaceNames,
} from './usage-tables.ts';

/** The values of a row, in the order of `sumColumns`. An object of its columns takes longer than to write it. */
type Sum = number[];

interface Place extends Pick<UsageSum, 'hourMs' | 'keyId' | 'projectId' | 'model' | 'endpoint'> {
  readonly deployment: string | undefined;
  readonly outcome: string;
}

const sumColumns = [...sumPlaceNames, ...summedNames];

const countPlaces = Object.fromEntries(
  countedNames.map((name) => [name, sumColumns.indexOf(name)]),
) as Readonly<Record<CountedName, number>>;
const firstDuration = sumColumns.indexOf('duration0');
const firstOfFirstTokens = firstDuration + durationColumns.length;
const zeros: readonly number[] = [...countedNames, ...durationColumns, ...firstTokenColumns].map(() => 0);

/** The words of these refusals that stand in the sums as numbers. */
export function listRefusalNames(refusals: readonly UsageSum[]): ReadonlySet<string> {
  const words = refusals.flatMap(({ keyId, projectId, model, endpoint }) => [
    keyId,
    projectId,
    model,
    endpoint,
  ]);
  return new Set([...words, '', notAdmittedOutcome]);
}

/** Adds up in memory what is added to the sums of the database together. */
export class UsageSums {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #sums = new Map<string, Sum>();

  constructor(ids: ReadonlyMap<string, number>) {
    this.#ids = ids;
  }

  addRow(row: LedgerRow): void {
    const { total, costNano, totalMs, firstTokenMs } = row;
    const sum = this.#find({ ...row, hourMs: toHourStart(row.endedAtMs) });
    add(sum, countPlaces.requests, 1);
    add(sum, countPlaces.promptTokens, total.promptTokens);
    add(sum, countPlaces.cachedTokens, total.cachedTokens);
    add(sum, countPlaces.completionTokens, total.completionTokens);
    add(sum, countPlaces.reasoningTokens, total.reasoningTokens);
    add(sum, countPlaces.costNano, costNano ?? 0);
    add(sum, firstDuration + toLatencyBucket(totalMs), 1);
    if (firstTokenMs !== undefined) add(sum, firstOfFirstTokens + toLatencyBucket(firstTokenMs), 1);
  }

  addRefusals(refusals: UsageSum): void {
    const sum = this.#find({ ...refusals, deployment: undefined, outcome: notAdmittedOutcome });
    for (const kind of refusalKinds) add(sum, countPlaces[kind], refusals.refused[kind]);
  }

  /** In one order for every process, so that none waits for another that waits for it. */
  async write(queries: SqlDatabase['queries'], inserts: RowInserts): Promise<void> {
    const ordered = [...this.#sums.values()].sort(comparePlaces);
    await inserts.add(queries, { table: 'usageSums', columns: sumColumns, key: sumPlaceNames }, ordered);
  }

  #find({ hourMs, keyId, projectId, model, endpoint, deployment = '', outcome }: Place): Sum {
    const ids = this.#ids;
    const place = [
      hourMs,
      numberOf(ids, keyId),
      numberOf(ids, projectId),
      numberOf(ids, model),
      numberOf(ids, endpoint),
      numberOf(ids, deployment),
      numberOf(ids, outcome),
    ];
    const name = place.join(' ');
    const before = this.#sums.get(name);
    if (before !== undefined) return before;
    const sum = [...place, ...zeros];
    this.#sums.set(name, sum);
    return sum;
  }
}

function add(sum: Sum, place: number, count: number): void {
  sum[place] = (sum[place] ?? 0) + count;
}

function comparePlaces(one: Sum, other: Sum): number {
  const different = sumPlaceNames.findIndex((_, place) => one[place] !== other[place]);
  return different === -1 ? 0 : (one[different] ?? 0) - (other[different] ?? 0);
}
