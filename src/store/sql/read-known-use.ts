import type { CompiledQuery } from 'kysely';
import {
  type SubjectUse,
  toOwnerId,
  toSubjectKind,
  toWindowStart,
  type UsageSubject,
  type UseQuestion,
} from '../usage-store.ts';
import type { KnownUse, ReadSubject, Spent } from './known-use.ts';
import { listSettledBuckets } from './read-use.ts';
import type { SqlDatabase, SqlDialect } from './sql-database.ts';
import { numberOf, type UsageNames } from './usage-names.ts';

type Queries = SqlDatabase['queries'];

/** What is read in memory, and how it is held against the database. */
export interface KnownDatabase {
  readonly use: KnownUse;
  readonly othersVersion: NonNullable<SqlDialect['othersVersion']>;
}

export interface KnownPlace {
  readonly queries: Queries;
  readonly names: UsageNames;
  readonly nowMs: number;
}

/** The same as `readSubjectUse`, from memory where it is known. Only in a transaction, while nobody else can write. */
export async function readKnownUse(
  { use, othersVersion }: KnownDatabase,
  questions: readonly UseQuestion[],
  place: KnownPlace,
): Promise<readonly SubjectUse[]> {
  if (questions.length === 0) return [];
  use.follow(await readVersion(place.queries, othersVersion));
  const uses: SubjectUse[] = [];
  for (const question of questions) {
    uses.push(use.find(question, place.nowMs) ?? (await learn(use, question, place)));
  }
  return uses;
}

async function readVersion(
  queries: Queries,
  othersVersion: CompiledQuery<{ readonly dataVersion: number }>,
): Promise<number> {
  const { rows } = await queries.executeQuery(othersVersion);
  const [row] = rows;
  if (row === undefined) throw new Error('The database told no version.');
  return row.dataVersion;
}

async function learn(use: KnownUse, question: UseQuestion, { queries, names, nowMs }: KnownPlace) {
  const { subject, period } = question;
  if (!use.knows(subject)) {
    const owner = toOwnerId(subject);
    const id = numberOf(await names.toIds([owner]), owner);
    use.learn(subject, await readSubject(queries, subject, id, nowMs));
  }
  if (period !== undefined) use.learnPeriod(subject, period, await readSpent(queries, subject, period));
  const learned = use.find(question, nowMs);
  if (learned === undefined) throw new Error('What was just learned is not known.');
  return learned;
}

async function readSubject(
  queries: Queries,
  subject: UsageSubject,
  id: number,
  nowMs: number,
): Promise<ReadSubject> {
  const list = (width: 'minute' | 'day') =>
    listSettledBuckets(queries, subject, width, toWindowStart(width, nowMs));
  const open = await queries
    .selectFrom('openRequests')
    .select(['replicaId', 'number', 'startedAtMs', 'promptTokens', 'completionTokens', 'costNano'])
    .where(toSubjectKind(subject), '=', id)
    .execute();
  return {
    buckets: { minute: await list('minute'), day: await list('day') },
    open: open.map(({ replicaId, number, startedAtMs, ...amounts }) => ({
      id: { replicaId, number },
      startedAtMs,
      amounts,
    })),
  };
}

async function readSpent(queries: Queries, subject: UsageSubject, period: string): Promise<Spent> {
  const spent = await queries
    .selectFrom('budgetPeriods')
    .select(['spentNano', 'spentTokens'])
    .where('subject', '=', subject)
    .where('period', '=', period)
    .executeTakeFirst();
  return spent ?? { spentNano: 0, spentTokens: 0 };
}
