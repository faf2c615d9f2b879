import { type LedgerRow, refusalKinds, toHourStart, toLatencyBucket, type UsageSum } from '../ledger-row.ts';
import type { RowInserts } from './row-inserts.ts';
import type { SqlDatabase } from './sql-database.ts';
import { numberOf } from './usage-names.ts';
import {
  latencyColumns,
  type SummedName,
  type SumPlaceName,
  summedNames,
  sumPlaceNames,
} from './usage-tables.ts';

type Sum = Record<SumPlaceName | SummedName, number>;

type Place = Pick<UsageSum, 'hourMs' | 'keyId' | 'projectId' | 'model' | 'endpoint'>;

/** Adds up in memory what is added to the sums of the database together. */
export class UsageSums {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #sums = new Map<string, Sum>();

  constructor(ids: ReadonlyMap<string, number>) {
    this.#ids = ids;
  }

  addRow({ endedAtMs, keyId, projectId, model, endpoint, total, costNano, totalMs }: LedgerRow): void {
    const sum = this.#find({ hourMs: toHourStart(endedAtMs), keyId, projectId, model, endpoint });
    sum.requests += 1;
    sum.promptTokens += total.promptTokens;
    sum.cachedTokens += total.cachedTokens;
    sum.completionTokens += total.completionTokens;
    sum.reasoningTokens += total.reasoningTokens;
    sum.costNano += costNano ?? 0;
    const latency = latencyColumns[toLatencyBucket(totalMs)];
    if (latency !== undefined) sum[latency] += 1;
  }

  addRefusals(refusals: UsageSum): void {
    const sum = this.#find(refusals);
    for (const kind of refusalKinds) sum[kind] += refusals.refused[kind];
  }

  /** In one order for every process, so that none waits for another that waits for it. */
  async write(queries: SqlDatabase['queries'], inserts: RowInserts): Promise<void> {
    const columns = [...sumPlaceNames, ...summedNames];
    const ordered = [...this.#sums.values()].sort(comparePlaces);
    await inserts.add(
      queries,
      { table: 'usageSums', columns, key: sumPlaceNames },
      ordered.map((sum) => columns.map((name) => sum[name])),
    );
  }

  #find({ hourMs, keyId, projectId, model, endpoint }: Place): Sum {
    const ids = this.#ids;
    const place = {
      hourMs,
      key: numberOf(ids, keyId),
      project: numberOf(ids, projectId),
      model: numberOf(ids, model),
      endpoint: numberOf(ids, endpoint),
    };
    const name = `${hourMs} ${place.key} ${place.project} ${place.model} ${place.endpoint}`;
    const before = this.#sums.get(name);
    if (before !== undefined) return before;
    const zeros = Object.fromEntries(summedNames.map((summed) => [summed, 0])) as Record<SummedName, number>;
    const sum = { ...place, ...zeros };
    this.#sums.set(name, sum);
    return sum;
  }
}

function comparePlaces(one: Sum, other: Sum): number {
  const different = sumPlaceNames.find((name) => one[name] !== other[name]);
  return different === undefined ? 0 : one[different] - other[different];
}
