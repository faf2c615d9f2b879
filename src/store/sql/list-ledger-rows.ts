import { type Selectable, sql } from 'kysely';
import type { LedgerRow } from '../ledger-row.ts';
import type { LedgerPage, LedgerPageQuestion } from '../usage-report-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { toConditions } from './sum-usage.ts';
import type { UsageNames } from './usage-names.ts';
import type { LedgerTable } from './usage-tables.ts';

type TableRow = Selectable<LedgerTable>;

export async function listLedgerRows(
  queries: SqlDatabase['queries'],
  names: UsageNames,
  { fromMs, toMs, filter, after, limit }: LedgerPageQuestion,
): Promise<LedgerPage> {
  let query = queries
    .selectFrom('ledger')
    .selectAll()
    .where('endedAtMs', '>=', Math.max(fromMs, after?.endedAtMs ?? fromMs))
    .where('endedAtMs', '<', toMs)
    .orderBy('endedAtMs')
    .orderBy('id')
    .limit(limit + 1);
  if (after !== undefined) {
    const { endedAtMs, id } = after;
    query = query.where((row) =>
      row.or([
        row('endedAtMs', '>', endedAtMs),
        row.and([row('endedAtMs', '=', endedAtMs), row('id', '>', id)]),
      ]),
    );
  }
  for (const condition of toConditions(filter)) query = query.where(sql<boolean>`${condition}`);
  const found = await query.execute();
  const rows = found.slice(0, limit);
  const words = await names.toNames(rows.flatMap(listNumbers));
  const last = found.length > limit ? rows.at(-1) : undefined;
  return {
    rows: rows.map((row) => toLedgerRow(row, words)),
    next: last && { endedAtMs: last.endedAtMs, id: last.id },
  };
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
