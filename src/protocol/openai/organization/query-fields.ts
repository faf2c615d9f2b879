// What the queries of reports and of the log of requests have in common.
import { RequestError, type RequestErrorCode } from '../shared/error.ts';
import type { QueryFields } from '../shared/list-query.ts';

/** Values of one filter. */
export const filterValuesMax = 100;

/** UTF-16 code units of a value. */
export const filterCharactersMax = 256;

/** Eleven digits: in the year 5138. */
export const unixSecondsMax = 99_999_999_999;

/** How a request can end, in the words of the wire. */
export const outcomeWords = [
  'completed',
  'refused',
  'failed',
  'cancelled',
  'timed_out',
  'interrupted',
] as const;

export interface AcceptedNames {
  /** That have one value. */
  readonly plain: readonly string[];
  readonly lists: readonly string[];
}

export interface SortedFields {
  readonly plain: ReadonlyMap<string, unknown>;
  readonly lists: ReadonlyMap<string, readonly unknown[]>;
}

/**
 * Lists come as `name`, `name[]` or `name[0]`, once for each value.
 * @throws {RequestError} for a name that is not accepted
 */
export function sortQueryFields(fields: QueryFields, accepted: AcceptedNames): SortedFields {
  const plain = new Map<string, unknown>();
  const lists = new Map<string, unknown[]>();
  for (const [spelled, value] of Object.entries(fields)) {
    const name = spelled.replace(/\[\d{0,4}\]$/, '');
    if (accepted.lists.includes(name)) {
      lists.set(name, [...(lists.get(name) ?? []), ...(Array.isArray(value) ? value : [value])]);
    } else if (accepted.plain.includes(spelled)) {
      plain.set(spelled, value);
    } else {
      const unknown = toSafeText(spelled);
      refuse('unsupported_parameter', unknown, `Unknown parameter: '${unknown}'.`);
    }
  }
  return { plain, lists };
}

/** `start_time` and `end_time`, in Unix seconds. */
export function toSpanSeconds(plain: SortedFields['plain']) {
  const startSeconds = toWhole(plain, 'start_time', 0, unixSecondsMax);
  const endSeconds = toWhole(plain, 'end_time', 0, unixSecondsMax);
  if (startSeconds !== undefined && endSeconds !== undefined && endSeconds <= startSeconds) {
    refuse('invalid_value', 'end_time', "Invalid 'end_time': expected a time after 'start_time'.");
  }
  return { startSeconds, endSeconds };
}

/** Outcomes are words that are known; all other filters may have any values. */
export function toFilterValues(
  name: string,
  values: readonly unknown[] | undefined,
): readonly string[] | undefined {
  const texts = toValues(name, values);
  if (name !== 'outcomes' || texts === undefined) return texts;
  const known: readonly string[] = outcomeWords;
  if (texts.some((text) => !known.includes(text))) {
    refuse('unsupported_value', name, listSupported(name, outcomeWords));
  }
  return texts;
}

export function toWhole(
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

export function toWord<Word extends string>(
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

export function listSupported(name: string, words: readonly string[]): string {
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

export function refuse(code: RequestErrorCode, param: string, message: string): never {
  throw new RequestError([{ code, param, message }]);
}

/** Characters of a name that a message quotes at most. */
const quotedNameMax = 100;

function toSafeText(name: string): string {
  return name.slice(0, quotedNameMax).replace(/\p{C}/gu, '\uFFFD');
}
