import type { UsageBucket, UsageGroup, UsageResult } from '../api/usage-wire.ts';

export interface Series {
  readonly name: string;
  /** One for each bucket; null: not known there. */
  readonly values: readonly (number | null)[];
}

/** Lines that can be told apart. Others are summed up. */
const seriesMax = 6;

/** Reads a number from a result. Null: it has none. */
export type Read = (result: UsageResult) => number | null;

/** Several numbers of all requests, each a line. */
export function toPartSeries(
  buckets: readonly UsageBucket[],
  parts: readonly (readonly [name: string, read: Read])[],
): readonly Series[] {
  return parts.map(([name, read]) => ({
    name,
    values: buckets.map(({ results }) => sum(results.map(read))),
  }));
}

export interface GroupQuestion {
  readonly group: Exclude<UsageGroup, 'none'>;
  readonly read: Read;
  /** Whether the groups beyond the largest can be added up; times can't. */
  readonly isSum: boolean;
  toName(value: string): string;
}

/** One number of each group, a line for each; the largest groups first. */
export function toGroupSeries(
  buckets: readonly UsageBucket[],
  { group, read, isSum, toName }: GroupQuestion,
): readonly Series[] {
  const totals = new Map<string, number>();
  for (const result of buckets.flatMap(({ results }) => results)) {
    const id = result[group] ?? '';
    totals.set(id, (totals.get(id) ?? 0) + (isSum ? (read(result) ?? 0) : result.requests));
  }
  const ids = [...totals].sort(([, a], [, b]) => b - a).map(([id]) => id);
  const shown = ids.length > seriesMax ? ids.slice(0, seriesMax - 1) : ids;
  const of = (has: (id: string) => boolean) =>
    buckets.map(({ results }) =>
      sum(results.filter((result) => has(result[group] ?? '')).map(read), isSum ? 0 : null),
    );
  const series = shown.map((shownId) => ({
    name: toName(shownId),
    values: of((id) => id === shownId),
  }));
  if (shown.length === ids.length || !isSum) return series;
  return [...series, { name: 'Others', values: of((id) => !shown.includes(id)) }];
}

function sum(numbers: readonly (number | null)[], none: number | null = 0): number | null {
  const known = numbers.filter((number) => number !== null);
  if (numbers.length === 0) return none;
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}
