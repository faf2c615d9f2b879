import { sql } from 'kysely';
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
import type { SqlDatabase } from './sql-database.ts';

type Queries = SqlDatabase['queries'];

/** Settled and open requests of each subject, in the order of the questions. `ids`: the numbers of their names. */
export async function readSubjectUse(
  queries: Queries,
  questions: readonly UseQuestion[],
  ids: ReadonlyMap<string, number>,
  nowMs: number,
): Promise<readonly SubjectUse[]> {
  if (questions.length === 0) return [];
  const subjects = questions.map(({ subject }) => subject);
  const settled = await sumWindows(queries, subjects, nowMs);
  const spent = await sumSpent(queries, questions);
  const open = await sumOpen(queries, subjects, ids, nowMs);
  return questions.map(({ subject, period }) => {
    const own = open.filter((row) => isOf(row, subject, ids));
    const sum = (name: Exclude<keyof (typeof open)[number], 'key' | 'project'>) =>
      own.reduce((total, row) => total + row[name], 0);
    const window = (width: WindowWidth, requests: number, tokens: number) => {
      const row = settled.find((each) => each.subject === subject && each.widthMs === windows[width].widthMs);
      return { requests: requests + (row?.requests ?? 0), tokens: tokens + (row?.tokens ?? 0) };
    };
    const paid = spent.find((row) => row.subject === subject && row.period === period);
    return {
      minute: window('minute', sum('minuteRequests'), sum('minuteTokens')),
      day: window('day', sum('dayRequests'), sum('dayTokens')),
      openRequests: sum('requests'),
      spentNano: paid?.spentNano ?? 0,
      spentTokens: paid?.spentTokens ?? 0,
      reservedNano: sum('costNano'),
      reservedTokens: sum('tokens'),
    };
  });
}

function sumWindows(queries: Queries, subjects: readonly UsageSubject[], nowMs: number) {
  return queries
    .selectFrom('limitWindows')
    .select(({ fn }) => [
      'subject',
      'widthMs',
      fn.sum<number>('requests').as('requests'),
      fn.sum<number>('tokens').as('tokens'),
    ])
    .where('subject', 'in', subjects)
    .where((row) =>
      row.or(
        (['minute', 'day'] as const).map((width) =>
          row.and([
            row('widthMs', '=', windows[width].widthMs),
            row('startMs', '>=', toWindowStart(width, nowMs)),
          ]),
        ),
      ),
    )
    .groupBy(['subject', 'widthMs'])
    .execute();
}

async function sumSpent(queries: Queries, questions: readonly UseQuestion[]) {
  const periods = questions.flatMap(({ period }) => period ?? []);
  if (periods.length === 0) return [];
  const subjects = questions.map(({ subject }) => subject);
  return await queries
    .selectFrom('budgetPeriods')
    .selectAll()
    .where('subject', 'in', subjects)
    .where('period', 'in', periods)
    .execute();
}

async function sumOpen(
  queries: Queries,
  subjects: readonly UsageSubject[],
  ids: ReadonlyMap<string, number>,
  nowMs: number,
) {
  const minuteMs = toWindowStart('minute', nowMs);
  const dayMs = toWindowStart('day', nowMs);
  const [keys, projects] = (['key:', 'project:'] as const).map((kind) =>
    subjects.flatMap((subject) => (subject.startsWith(kind) ? (ids.get(toOwnerId(subject)) ?? []) : [])),
  ) as [number[], number[]];
  if (keys.length + projects.length === 0) return [];
  const tokens = sql`prompt_tokens + completion_tokens`;
  const since = (startMs: number, value: typeof tokens) =>
    sql<number>`sum(CASE WHEN started_at_ms >= ${startMs} THEN ${value} ELSE 0 END)`;
  return await queries
    .selectFrom('openRequests')
    .select(({ fn }) => [
      'key',
      'project',
      fn.countAll<number>().as('requests'),
      sql<number>`sum(${tokens})`.as('tokens'),
      fn.sum<number>('costNano').as('costNano'),
      since(minuteMs, sql`1`).as('minuteRequests'),
      since(minuteMs, tokens).as('minuteTokens'),
      since(dayMs, sql`1`).as('dayRequests'),
      since(dayMs, tokens).as('dayTokens'),
    ])
    .where((row) =>
      row.or([
        ...(keys.length === 0 ? [] : [row('key', 'in', keys)]),
        ...(projects.length === 0 ? [] : [row('project', 'in', projects)]),
      ]),
    )
    .groupBy(['key', 'project'])
    .execute();
}

function isOf(
  row: { readonly key: number; readonly project: number },
  subject: UsageSubject,
  ids: ReadonlyMap<string, number>,
): boolean {
  return row[subject.startsWith('key:') ? 'key' : 'project'] === ids.get(toOwnerId(subject));
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
