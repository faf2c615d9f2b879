import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { LedgerRow } from '../ledger-row.ts';
import type { LedgerPage, LedgerPageQuestion, TimeSpan } from '../usage-report-store.ts';
import { findLedgerSpans } from './find-ledger-spans.ts';
import type { SqlDatabase } from './sql-database.ts';
import { toConditions } from './sum-usage.ts';
import type { UsageNames } from './usage-names.ts';
import type { LedgerTable } from './usage-tables.ts';

type Queries = SqlDatabase['queries'];
type TableRow = Selectable<LedgerTable>;

export async function listLedgerRows(
  queries: Queries,
  names: UsageNames,
  question: LedgerPageQuestion,
): Promise<LedgerPage> {
  const { limit } = question;
  const found: TableRow[] = [];
  // One more than the page has, to learn whether there is another page.
  for await (const span of findLedgerSpans(queries, question)) {
    found.push(...(await readSpan(queries, { ...question, ...span, limit: limit + 1 - found.length })));
    if (found.length > limit) break;
  }
  const rows = found.slice(0, limit);
  const words = await names.toNames(rows.flatMap(listNumbers));
  const last = found.length > limit ? rows.at(-1) : undefined;
  return {
    rows: rows.map((row) => toLedgerRow(row, words)),
    positions: rows.map(({ endedAtMs, id }) => ({ endedAtMs, id })),
    next: last && { endedAtMs: last.endedAtMs, id: last.id },
  };
}

async function readSpan(
  queries: Queries,
  { fromMs, toMs, filter, after, order, limit }: LedgerPageQuestion & TimeSpan,
): Promise<readonly TableRow[]> {
  let query = queries
    .selectFrom('ledger')
    .selectAll()
    .where('endedAtMs', '>=', fromMs)
    .where('endedAtMs', '<', toMs)
    .orderBy('endedAtMs', order)
    .orderBy('id', order)
    .limit(limit);
  if (after !== undefined) {
    const { endedAtMs, id } = after;
    const behind = order === 'asc' ? '>' : '<';
    query = query.where((row) =>
      row.or([
        row('endedAtMs', behind, endedAtMs),
        row.and([row('endedAtMs', '=', endedAtMs), row('id', behind, id)]),
      ]),
    );
  }
  for (const condition of toConditions(filter)) query = query.where(sql<boolean>`${condition}`);
  return await query.execute();
}

function listNumbers(row: TableRow): readonly number[] {
  const { key, project, endpoint, model, outcome, deployment, errorCode, finishReason } = row;
  return [
    key,
    project,
    endpoint,
    model,
    outcome,
    ...[deployment, errorCode, finishReason].flatMap((id) => id ?? []),
  ];
}

function toLedgerRow(row: TableRow, words: ReadonlyMap<number, string>): LedgerRow {
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = row;
  const { requestId, answers, attempts, beganAtMs, endedAtMs, totalMs } = row;
  const word = (id: number) => words.get(id) ?? '';
  const optionalWord = (id: number | null) => (id === null ? undefined : word(id));
  return {
    requestId,
    keyId: word(row.key),
    projectId: word(row.project),
    endpoint: word(row.endpoint),
    model: word(row.model),
    deployment: optionalWord(row.deployment),
    outcome: word(row.outcome),
    errorCode: optionalWord(row.errorCode),
    finishReason: optionalWord(row.finishReason),
    isStreamed: row.isStreamed === 1,
    isReplay: row.isReplay === 1,
    isEstimated: row.isEstimated === 1,
    answers,
    attempts,
    total: { promptTokens, cachedTokens, completionTokens, reasoningTokens },
    returned: {
      promptTokens: row.returnedPromptTokens,
      cachedTokens: row.returnedCachedTokens,
      completionTokens: row.returnedCompletionTokens,
      reasoningTokens: row.returnedReasoningTokens,
    },
    costNano: row.costNano ?? undefined,
    beganAtMs,
    endedAtMs,
    totalMs,
    firstTokenMs: row.firstTokenMs ?? undefined,
    queueMs: row.queueMs ?? undefined,
  };
}
