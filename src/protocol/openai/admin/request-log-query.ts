import {
  refuse,
  sortQueryFields,
  toFilterValues,
  toSpanSeconds,
  toWhole,
  toWord,
} from '../organization/query-fields.ts';
import { listLimitDefault, listLimitMax, type QueryFields } from '../shared/list-query.ts';
import { toOutcomes } from './outcome-words.ts';
import type { RowPosition } from './request-log.ts';

/** Rows of one CSV file. */
export const csvRowsMax = 10_000;

export const requestLogFilters = [
  ...(['api_key_ids', 'project_ids', 'models', 'deployments', 'endpoints', 'outcomes'] as const),
] as const;

export interface RequestLogQuery {
  readonly format: 'json' | 'csv';
  /** Unix time in seconds. */
  readonly startSeconds: number | undefined;
  readonly endSeconds: number | undefined;
  readonly after: RowPosition | undefined;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly filter: {
    readonly keyId: readonly string[] | undefined;
    readonly projectId: readonly string[] | undefined;
    readonly model: readonly string[] | undefined;
    readonly deployment: readonly string[] | undefined;
    readonly endpoint: readonly string[] | undefined;
    readonly outcome: readonly string[] | undefined;
  };
}

/**
 * @param formatDefault what the client accepts
 * @throws {RequestError}
 */
export function parseRequestLogQuery(
  fields: QueryFields,
  formatDefault: RequestLogQuery['format'],
): RequestLogQuery {
  const plainNames = ['start_time', 'end_time', 'after', 'order', 'limit', 'format'];
  const { plain, lists } = sortQueryFields(fields, { plain: plainNames, lists: requestLogFilters });
  const format = toWord(plain, 'format', ['json', 'csv']) ?? formatDefault;
  const [limitMax, limitDefault] =
    format === 'csv' ? [csvRowsMax, csvRowsMax] : [listLimitMax, listLimitDefault];
  const values = (name: (typeof requestLogFilters)[number]) => toFilterValues(name, lists.get(name));
  return {
    format,
    ...toSpanSeconds(plain),
    after: toPosition(plain.get('after')),
    order: toWord(plain, 'order', ['asc', 'desc']) ?? 'desc',
    limit: toWhole(plain, 'limit', 1, limitMax) ?? limitDefault,
    filter: {
      keyId: values('api_key_ids'),
      projectId: values('project_ids'),
      model: values('models'),
      deployment: values('deployments'),
      endpoint: values('endpoints'),
      outcome: toOutcomes(values('outcomes')),
    },
  };
}

function toPosition(value: unknown): RowPosition | undefined {
  if (value === undefined) return undefined;
  const [, endedAt, id] = typeof value === 'string' ? (/^row_(\d{1,15})_(\d{1,15})$/.exec(value) ?? []) : [];
  if (endedAt !== undefined && id !== undefined) return { endedAtMs: Number(endedAt), id: Number(id) };
  return refuse(
    'invalid_value',
    'after',
    "Invalid 'after': expected the 'id' of a row, such as its 'last_id'.",
  );
}
