import { CompiledQuery, sql } from 'kysely';
import {
  type SubjectUse,
  toBucketStart,
  toWindowStart,
  type UsageSubject,
  type UseQuestion,
  type WindowBucket,
  type WindowWidth,
  windows,
} from '../usage-store.ts';
import type { SqlDatabase, SqlDialect } from './sql-database.ts';
import { preparedMark } from './statement-marks.ts';
import { numberOf } from './usage-names.ts';

type Queries = SqlDatabase['queries'];

/** Settled and open requests of each subject, in the order of the questions. `ids`: the numbers of their names. */
export async function readSubjectUse(
  { queries, dialect }: Pick<SqlDatabase, 'queries' | 'dialect'>,
  questions: readonly UseQuestion[],
  ids: ReadonlyMap<string, number>,
  nowMs: number,
): Promise<readonly SubjectUse[]> {
  if (questions.length === 0) return [];
  const text = toUseText(questions, dialect);
  const values = questions.flatMap((question) => toUseValues(question, ids, nowMs));
  const { rows } = await queries.executeQuery(CompiledQuery.raw(text, values) as CompiledQuery<UseRow>);
  return [...rows].sort((a, b) => a.place - b.place).map(toSubjectUse);
}

/** One query for all: each is a round trip, where there are any. */
function toUseText(questions: readonly UseQuestion[], { toPlaceholder }: SqlDialect): string {
  let count = 0;
  const next = () => {
    count += 1;
    return toPlaceholder(count);
  };
  const windowSums = () =>
    `(SELECT coalesce(sum(requests), 0) AS requests, coalesce(sum(tokens), 0) AS tokens FROM limit_windows
      WHERE subject = ${next()} AND width_ms = ${next()} AND start_ms >= ${next()})`;
  const since = (value: string) =>
    `coalesce(sum(CASE WHEN started_at_ms >= ${next()} THEN ${value} ELSE 0 END), 0)`;
  const tokens = 'prompt_tokens + completion_tokens';
  const parts = questions.map(
    ({ subject }, place) => `
    SELECT ${place} AS place,
      settled_minute.requests + open.minute_requests AS minute_requests,
      settled_minute.tokens + open.minute_tokens AS minute_tokens,
      settled_day.requests + open.day_requests AS day_requests,
      settled_day.tokens + open.day_tokens AS day_tokens,
      open.requests AS open_requests,
      spent.nano AS spent_nano,
      spent.tokens AS spent_tokens,
      open.cost_nano AS reserved_nano,
      open.tokens AS reserved_tokens
    FROM ${windowSums()} AS settled_minute,
      ${windowSums()} AS settled_day,
      (SELECT coalesce(sum(spent_nano), 0) AS nano, coalesce(sum(spent_tokens), 0) AS tokens FROM budget_periods
        WHERE subject = ${next()} AND period = ${next()}) AS spent,
      (SELECT count(*) AS requests, coalesce(sum(${tokens}), 0) AS tokens, coalesce(sum(cost_nano), 0) AS cost_nano,
        ${since('1')} AS minute_requests, ${since(tokens)} AS minute_tokens,
        ${since('1')} AS day_requests, ${since(tokens)} AS day_tokens
        FROM open_requests WHERE ${subject.startsWith('key:') ? 'key' : 'project'} = ${next()}) AS open`,
  );
  // Of one key and its project.
  const mark = questions.length <= 2 ? preparedMark : '';
  return mark + parts.join(' UNION ALL ');
}

/** In the order of the placeholders. */
function toUseValues(
  { subject, period = noPeriod }: UseQuestion,
  ids: ReadonlyMap<string, number>,
  nowMs: number,
): readonly unknown[] {
  const minuteMs = toWindowStart('minute', nowMs);
  const dayMs = toWindowStart('day', nowMs);
  return [
    ...[subject, windows.minute.widthMs, minuteMs],
    ...[subject, windows.day.widthMs, dayMs],
    ...[subject, period],
    ...[minuteMs, minuteMs, dayMs, dayMs],
    numberOf(ids, toOwnerId(subject)),
  ];
}

/** No period has this name. */
const noPeriod = '';

interface UseRow extends Omit<SubjectUse, 'minute' | 'day'> {
  readonly place: number;
  readonly minuteRequests: number;
  readonly minuteTokens: number;
  readonly dayRequests: number;
  readonly dayTokens: number;
}

function toSubjectUse({
  place: _,
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

/** The id of the key or the project. */
export function toOwnerId(subject: UsageSubject): string {
  return subject.slice(subject.indexOf(':') + 1);
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
    .where(subject.startsWith('key:') ? 'key' : 'project', '=', id)
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
