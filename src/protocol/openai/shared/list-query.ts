import { z } from 'zod';
import { findUnknownFields } from '../chat/find-ignored-parameters.ts';
import type { RequestProblem } from './error.ts';
import { findMetadataProblem, toMetadata } from './metadata.ts';
import { throwProblems, toStrictProblem } from './parse-fields.ts';
import { toRequestProblems } from './to-request-problems.ts';

/** Records on one page. */
export const listLimitMax = 100;

export const listLimitDefault = 20;

/** UTF-16 code units of an id or a name in a query. */
const queryTextCharactersMax = 256;

const querySchema = z.object({
  after: z.string().min(1).max(queryTextCharactersMax).optional(),
  limit: z.int().min(1).max(listLimitMax).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  model: z.string().min(1).max(queryTextCharactersMax).optional(),
});

export type ListOrder = 'asc' | 'desc';

export interface ListQueryOptions {
  readonly orderDefault: ListOrder;
  /** The list can be narrowed by `model` and `metadata[KEY]`. */
  readonly hasFilters: boolean;
  /** Refuse what would be ignored. */
  readonly strict: boolean;
}

export interface ListQuery {
  readonly after: string | undefined;
  readonly limit: number;
  readonly order: ListOrder;
  readonly model: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Names that change nothing, safe in a header. */
  readonly ignoredParameters: readonly string[];
}

/** The query parameters: each name with its text, or its texts if it occurs several times. */
export type QueryFields = Readonly<Record<string, unknown>>;

const metadataName = /^metadata\[(.*)\]$/s;

/** @throws {RequestError} for a value that is out of its range. */
export function parseListQuery(
  fields: QueryFields,
  { orderDefault, hasFilters, strict }: ListQueryOptions,
): ListQuery {
  const isPlain = (name: string) =>
    Object.hasOwn(querySchema.shape, name) && (hasFilters || name !== 'model');
  const isMetadata = (name: string) => hasFilters && metadataName.test(name);
  const entries = Object.entries(fields);
  const plain = Object.fromEntries(entries.filter(([name]) => isPlain(name)).map(toSpelled));
  const metadata = Object.fromEntries(entries.filter(([name]) => isMetadata(name)).map(toPair));
  const ignored = findUnknownFields(fields, (name) => isPlain(name) || isMetadata(name));
  const parsed = querySchema.safeParse(plain);
  const problems: RequestProblem[] = parsed.success
    ? []
    : toRequestProblems(parsed.error.issues, { schema: querySchema, input: plain, at: '' });
  const metadataProblem = findMetadataProblem(metadata);
  if (metadataProblem !== undefined) problems.push(metadataProblem);
  if (strict) problems.push(...ignored.map(toStrictProblem));
  throwProblems(problems);
  const { after, limit = listLimitDefault, order = orderDefault, model } = parsed.data ?? {};
  return { after, limit, order, model, metadata: toMetadata(metadata), ignoredParameters: ignored };
}

function toPair([name, value]: [string, unknown]): [string, unknown] {
  return [metadataName.exec(name)?.[1] ?? '', value];
}

function toSpelled([name, value]: [string, unknown]): [string, unknown] {
  return [name, name === 'limit' ? toQueryNumber(value) : value];
}

/** The number that a text of a query says. Anything else is left to the check. */
export function toQueryNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
