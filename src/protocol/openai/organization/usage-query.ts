// The query of a report of usage, in OpenAI's words, which our own routes use as well.
// https://platform.openai.com/docs/api-reference/usage
import type { QueryFields } from '../shared/list-query.ts';
import {
  listSupported,
  refuse,
  sortQueryFields,
  toFilterValues,
  toSpanSeconds,
  toWhole,
  toWord,
  unixSecondsMax,
} from './query-fields.ts';

/** Buckets on a page, by their width. */
export const usageBucketLimits = {
  '1m': { bucketsDefault: 60, bucketsMax: 1440 },
  '1h': { bucketsDefault: 24, bucketsMax: 168 },
  '1d': { bucketsDefault: 7, bucketsMax: 31 },
} as const satisfies BucketLimits;

export const costBucketLimits = {
  '1d': { bucketsDefault: 7, bucketsMax: 180 },
} as const satisfies BucketLimits;

export type WireBucketWidth = '1m' | '1h' | '1d';

export type BucketLimits = {
  readonly [Width in WireBucketWidth]?: { readonly bucketsDefault: number; readonly bucketsMax: number };
};

/** What one route accepts. */
export interface UsageQueryForm {
  readonly widths: BucketLimits;
  readonly groupWords: readonly string[];
  /** Lists of values, such as `models`. */
  readonly filters: readonly string[];
  /** OpenAI's routes need a start; ours begin so that the last bucket is the one of now. */
  readonly isStartRequired: boolean;
  /** There are no batches here: `true` finds nothing. */
  readonly hasBatch?: boolean;
}

export interface UsageQueryFields {
  /** Unix time in seconds. */
  readonly startSeconds: number | undefined;
  readonly endSeconds: number | undefined;
  readonly width: WireBucketWidth;
  readonly bucketsMax: number;
  readonly groupWords: readonly string[];
  readonly filters: Readonly<Record<string, readonly string[] | undefined>>;
  /** Where the page begins; undefined: at the start. */
  readonly pageSeconds: number | undefined;
  readonly isBatchOnly: boolean;
}

const plainNames = ['start_time', 'end_time', 'bucket_width', 'limit', 'page'] as const;

/** @throws {RequestError} */
export function parseUsageQuery(fields: QueryFields, form: UsageQueryForm): UsageQueryFields {
  const { plain, lists } = sortQueryFields(fields, {
    plain: form.hasBatch === true ? [...plainNames, 'batch'] : plainNames,
    lists: ['group_by', ...form.filters],
  });
  const { startSeconds, endSeconds } = toSpanSeconds(plain);
  if (startSeconds === undefined && form.isStartRequired) {
    refuse('missing_required_parameter', 'start_time', "Missing required parameter: 'start_time'.");
  }
  const width = toWord(plain, 'bucket_width', Object.keys(form.widths) as WireBucketWidth[]) ?? '1d';
  const limits = form.widths[width] ?? usageBucketLimits[width];
  return {
    startSeconds,
    endSeconds,
    width,
    bucketsMax: toWhole(plain, 'limit', 1, limits.bucketsMax) ?? limits.bucketsDefault,
    groupWords: toGroupWords(lists.get('group_by') ?? [], form.groupWords),
    filters: Object.fromEntries(form.filters.map((name) => [name, toFilterValues(name, lists.get(name))])),
    pageSeconds: toPageSeconds(plain.get('page')),
    isBatchOnly: form.hasBatch === true && toWord(plain, 'batch', ['true', 'false']) === 'true',
  };
}

/** What `next_page` says. */
export function toPageText(seconds: number): string {
  return `page_${seconds}`;
}

/** Commas separate words as well: people write them so. */
function toGroupWords(values: readonly unknown[], words: readonly string[]): readonly string[] {
  const given = values.flatMap((value) => (typeof value === 'string' ? value.split(',') : ['']));
  if (given.every((word) => words.includes(word))) return [...new Set(given)];
  return refuse('unsupported_value', 'group_by', listSupported('group_by', words));
}

function toPageSeconds(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const [, seconds] = typeof value === 'string' ? (/^page_(\d{1,11})$/.exec(value) ?? []) : [];
  if (seconds !== undefined && Number(seconds) <= unixSecondsMax) return Number(seconds);
  return refuse('invalid_value', 'page', "Invalid 'page': expected the 'next_page' of an earlier answer.");
}
