// The query of a report of usage, in OpenAI's words, which our own routes use as well.
// https://platform.openai.com/docs/api-reference/usage
import { RequestError, type RequestErrorCode, type RequestProblem } from '../shared/error.ts';
import type { QueryFields } from '../shared/list-query.ts';

/** Buckets on a page, by their width. */
export const usageBucketLimits = {
  '1m': { bucketsDefault: 60, bucketsMax: 1440 },
  '1h': { bucketsDefault: 24, bucketsMax: 168 },
  '1d': { bucketsDefault: 7, bucketsMax: 31 },
} as const satisfies BucketLimits;

export const costBucketLimits = {
  '1d': { bucketsDefault: 7, bucketsMax: 180 },
} as const satisfies BucketLimits;

/** Values of one filter. */
export const filterValuesMax = 100;

/** UTF-16 code units of a value. */
export const filterCharactersMax = 256;

/** Eleven digits: in the year 5138. */
export const unixSecondsMax = 99_999_999_999;

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
  const { plain, lists, unknown } = sortFields(fields, form);
  const [problem] = unknown.map((name) =>
    toProblem('unsupported_parameter', name, `Unknown parameter: '${name}'.`),
  );
  if (problem !== undefined) throw new RequestError([problem]);
  const startSeconds = toWhole(plain, 'start_time', 0, unixSecondsMax);
  const endSeconds = toWhole(plain, 'end_time', 0, unixSecondsMax);
  if (startSeconds === undefined && form.isStartRequired) {
    refuse('missing_required_parameter', 'start_time', "Missing required parameter: 'start_time'.");
  }
  if (startSeconds !== undefined && endSeconds !== undefined && endSeconds <= startSeconds) {
    refuse('invalid_value', 'end_time', "Invalid 'end_time': expected a time after 'start_time'.");
  }
  const width = toWord(plain, 'bucket_width', Object.keys(form.widths) as WireBucketWidth[]) ?? '1d';
  const limits = form.widths[width] ?? usageBucketLimits[width];
  return {
    startSeconds,
    endSeconds,
    width,
    bucketsMax: toWhole(plain, 'limit', 1, limits.bucketsMax) ?? limits.bucketsDefault,
    groupWords: toGroupWords(lists.get('group_by') ?? [], form.groupWords),
    filters: Object.fromEntries(form.filters.map((name) => [name, toValues(name, lists.get(name))])),
    pageSeconds: toPageSeconds(plain.get('page')),
    isBatchOnly: form.hasBatch === true && toWord(plain, 'batch', ['true', 'false']) === 'true',
  };
}

/** What `next_page` says. */
export function toPageText(seconds: number): string {
  return `page_${seconds}`;
}

/** Lists come as `name`, `name[]` or `name[0]`, once for each value. */
function sortFields(fields: QueryFields, form: UsageQueryForm) {
  const plain = new Map<string, unknown>();
  const lists = new Map<string, unknown[]>();
  const unknown: string[] = [];
  const plainAccepted: readonly string[] = form.hasBatch ? [...plainNames, 'batch'] : plainNames;
  for (const [spelled, value] of Object.entries(fields)) {
    const name = spelled.replace(/\[\d{0,4}\]$/, '');
    if (name === 'group_by' || form.filters.includes(name)) {
      lists.set(name, [...(lists.get(name) ?? []), ...(Array.isArray(value) ? value : [value])]);
    } else if (plainAccepted.includes(spelled)) {
      plain.set(spelled, value);
    } else {
      unknown.push(toSafeText(spelled));
    }
  }
  return { plain, lists, unknown };
}

function toWhole(
  plain: ReadonlyMap<string, unknown>,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const value = plain.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) {
    return refuse('invalid_type', name, `Invalid type for '${name}': expected an integer.`);
  }
  const number = Number(value);
  if (number > max) {
    return refuse(
      'integer_above_max_value',
      name,
      `Invalid '${name}': expected a value <= ${max}, but got ${number}.`,
    );
  }
  if (number < min) {
    return refuse(
      'integer_below_min_value',
      name,
      `Invalid '${name}': expected a value >= ${min}, but got ${number}.`,
    );
  }
  return number;
}

function toWord<Word extends string>(
  plain: ReadonlyMap<string, unknown>,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = plain.get(name);
  if (value === undefined) return undefined;
  return (
    words.find((word) => word === value) ?? refuse('unsupported_value', name, listSupported(name, words))
  );
}

/** Commas separate words as well: people write them so. */
function toGroupWords(values: readonly unknown[], words: readonly string[]): readonly string[] {
  const given = values.flatMap((value) => (typeof value === 'string' ? value.split(',') : ['']));
  if (given.every((word) => words.includes(word))) return [...new Set(given)];
  return refuse('unsupported_value', 'group_by', listSupported('group_by', words));
}

function listSupported(name: string, words: readonly string[]): string {
  const supported = words.map((word) => `'${word}'`).join(', ');
  return `Unsupported value for '${name}'. Supported values are: ${supported}.`;
}

function toValues(name: string, values: readonly unknown[] | undefined): readonly string[] | undefined {
  if (values === undefined) return undefined;
  if (values.length > filterValuesMax) {
    const message = `Invalid '${name}': expected at most ${filterValuesMax} values, but got ${values.length}.`;
    return refuse('array_above_max_length', name, message);
  }
  return values.map((value) => {
    if (typeof value === 'string' && value.length > 0 && value.length <= filterCharactersMax) return value;
    return refuse(
      'invalid_value',
      name,
      `Invalid '${name}': expected values of 1 to ${filterCharactersMax} characters.`,
    );
  });
}

function toPageSeconds(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const [, seconds] = typeof value === 'string' ? (/^page_(\d{1,11})$/.exec(value) ?? []) : [];
  if (seconds !== undefined && Number(seconds) <= unixSecondsMax) return Number(seconds);
  return refuse('invalid_value', 'page', "Invalid 'page': expected the 'next_page' of an earlier answer.");
}

function refuse(code: RequestErrorCode, param: string, message: string): never {
  throw new RequestError([toProblem(code, param, message)]);
}

function toProblem(code: RequestErrorCode, param: string, message: string): RequestProblem {
  return { code, param, message };
}

/** Characters of a name that a message quotes at most. */
const quotedNameMax = 100;

function toSafeText(name: string): string {
  return name.slice(0, quotedNameMax).replace(/\p{C}/gu, '\uFFFD');
}
