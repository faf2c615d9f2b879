import { CompiledQuery, sql } from 'kysely';
import {
  type SubjectUse,
  toBucketStart,
  toOwnerId,
  toSubjectKind,
  toWindowStart,
  type UsageSubject,
  type UseQuestion,
  type WindowBucket,
  type WindowWidth,
  windows,
} from '../usage-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { preparedMark } from './statement-marks.ts';
import { numberOf } from './usage-names.ts';

type Queries = SqlDatabase['queries'];

type Opened = Pick<SqlDatabase, 'queries' | 'dialect'>;

/** Settled and open requests of each subject, in the order of the questions. `ids`: the numbers of their names. */
export async function readSubjectUse(
  opened: Opened,
  questions: readonly UseQuestion[],
  ids: ReadonlyMap<string, number>,
  nowMs: number,
): Promise<readonly SubjectUse[]> {
  if (questions.length === 0) return [];
  return (await readUseRows(opened, questions, ids, nowMs)).map(toSubjectUse);
}

/** The same at the time of the database, which has a clock, and what time that was. Of one question or more. */
export async function readCurrentUse(
  opened: Opened,
  questions: readonly UseQuestion[],
  ids: ReadonlyMap<string, number>,
): Promise<{ readonly uses: readonly SubjectUse[]; readonly nowMs: number }> {
  const rows = await readUseRows(opened, questions, ids, undefined);
  const [first] = rows;
  if (first === undefined) throw new Error('The use of nothing was asked for.');
  return { uses: rows.map(toSubjectUse), nowMs: first.nowMs };
}

async function readUseRows(
  { queries, dialect }: Opened,
  questions: readonly UseQuestion[],
  ids: ReadonlyMap<string, number>,
  nowMs: number | undefined,
): Promise<readonly UseRow[]> {
  const values: unknown[] = [];
  const bind = (value: unknown) => {
    values.push(value);
    return dialect.toPlaceholder(values.length);
  };
  const writing: UseWriting = {
    bind,
    now: nowMs === undefined ? '(SELECT now_ms FROM clock)' : '0',
    since: (width) => (nowMs === undefined ? toWindowStartSql(width) : bind(toWindowStart(width, nowMs))),
  };
  const parts = questions.map((question, place) => writeQuestion(question, place, ids, writing));
  // Of one key and its project.
  const mark = questions.length <= 2 ? preparedMark : '';
  const clock =
    nowMs === undefined ? `WITH clock AS MATERIALIZED (SELECT ${dialect.limitClock} AS now_ms) ` : '';
  const text = mark + clock + parts.join(' UNION ALL ');
  const { rows } = await queries.executeQuery(CompiledQuery.raw(text, values) as CompiledQuery<UseRow>);
  return [...rows].sort((a, b) => a.place - b.place);
}

interface UseWriting {
  /** The placeholder of a value. */
  bind(value: unknown): string;
  /** The time where the database tells it. */
  readonly now: string;
  /** The beginning of a window. */
  since(width: WindowWidth): string;
}

/** One part of the query for all: each query is a round trip, where there are any. */
function writeQuestion(
  { subject, period = noPeriod }: UseQuestion,
  place: number,
  ids: ReadonlyMap<string, number>,
  { bind, now, since }: UseWriting,
): string {
  const settled = (width: WindowWidth) =>
    `(SELECT coalesce(sum(requests), 0) AS requests, coalesce(sum(tokens), 0) AS tokens FROM limit_windows
      WHERE subject = ${bind(subject)} AND width_ms = ${bind(windows[width].widthMs)} AND start_ms >= ${since(width)})`;
  const started = (width: WindowWidth, value: string) =>
    `coalesce(sum(CASE WHEN started_at_ms >= ${since(width)} THEN ${value} ELSE 0 END), 0)`;
  const tokens = 'prompt_tokens + completion_tokens';
  return `
    SELECT ${place} AS place, ${now} AS now_ms,
      settled_minute.requests + open.minute_requests AS minute_requests,
      settled_minute.tokens + open.minute_tokens AS minute_tokens,
      settled_day.requests + open.day_requests AS day_requests,
      settled_day.tokens + open.day_tokens AS day_tokens,
      open.requests AS open_requests,
      spent.nano AS spent_nano,
      spent.tokens AS spent_tokens,
      open.cost_nano AS reserved_nano,
      open.tokens AS reserved_tokens
    FROM ${settled('minute')} AS settled_minute,
      ${settled('day')} AS settled_day,
      (SELECT coalesce(sum(spent_nano), 0) AS nano, coalesce(sum(spent_tokens), 0) AS tokens FROM budget_periods
        WHERE subject = ${bind(subject)} AND period = ${bind(period)}) AS spent,
      (SELECT count(*) AS requests, coalesce(sum(${tokens}), 0) AS tokens, coalesce(sum(cost_nano), 0) AS cost_nano,
        ${started('minute', '1')} AS minute_requests, ${started('minute', tokens)} AS minute_tokens,
        ${started('day', '1')} AS day_requests, ${started('day', tokens)} AS day_tokens
        FROM open_requests
        WHERE ${toSubjectKind(subject)} = ${bind(numberOf(ids, toOwnerId(subject)))}) AS open`;
}

/** `toWindowStart` in SQL; whole numbers are divided without a rest. */
function toWindowStartSql(width: WindowWidth): string {
  const { widthMs, bucketMs } = windows[width];
  return `(SELECT (now_ms - ${widthMs + bucketMs}) / ${bucketMs} * ${bucketMs} + ${bucketMs} FROM clock)`;
}

/** No period has this name. */
const noPeriod = '';

interface UseRow extends Omit<SubjectUse, 'minute' | 'day'> {
  readonly place: number;
  readonly nowMs: number;
  readonly minuteRequests: number;
  readonly minuteTokens: number;
  readonly dayRequests: number;
  readonly dayTokens: number;
}

function toSubjectUse({
  place: _place,
  nowMs: _nowMs,
  minuteRequests,
  minuteTokens,
  dayRequests,
  dayTokens,
  ...use
}: UseRow): SubjectUse {
  return {
    minute: { requests: minuteRequests, tokens: minuteTokens },
    day: { requests: dayRequests, tokens: dayTokens },
    ...use,
  };
}

export async function listWindowBuckets(
  queries: Queries,
  subject: UsageSubject,
  width: WindowWidth,
  { id, nowMs }: { readonly id: number; readonly nowMs: number },
): Promise<readonly WindowBucket[]> {
  const sinceMs = toWindowStart(width, nowMs);
  const settled = await listSettledBuckets(queries, subject, width, sinceMs);
  const open = await queries
    .selectFrom('openRequests')
    .select(['startedAtMs', sql<number>`prompt_tokens + completion_tokens`.as('tokens')])
    .where(toSubjectKind(subject), '=', id)
    .where('startedAtMs', '>=', sinceMs)
    .execute();
  const buckets = new Map<number, WindowBucket>();
  const add = (bucket: WindowBucket) => {
    const { requests = 0, tokens = 0 } = buckets.get(bucket.startMs) ?? {};
    buckets.set(bucket.startMs, {
      startMs: bucket.startMs,
      requests: requests + bucket.requests,
      tokens: tokens + bucket.tokens,
    });
  };
  for (const bucket of settled) add(bucket);
  for (const { startedAtMs, tokens } of open) {
    add({ startMs: toBucketStart(width, startedAtMs), requests: 1, tokens });
  }
  return [...buckets.values()].sort((a, b) => a.startMs - b.startMs);
}

/** Of requests that are settled, oldest first. */
export async function listSettledBuckets(
  queries: Queries,
  subject: UsageSubject,
  width: WindowWidth,
  sinceMs: number,
): Promise<readonly WindowBucket[]> {
  return await queries
    .selectFrom('limitWindows')
    .select(['startMs', 'requests', 'tokens'])
    .where('subject', '=', subject)
    .where('widthMs', '=', windows[width].widthMs)
    .where('startMs', '>=', sinceMs)
    .orderBy('startMs')
    .execute();
}
