import type { LedgerRow } from '../ledger-row.ts';
import { createRowShape, numberOrNull } from './row-columns.ts';
import type { RowInserts } from './row-inserts.ts';
import type { SqlDatabase } from './sql-database.ts';
import { numberOf } from './usage-names.ts';
import { UsageSums } from './usage-sums.ts';
import type { LedgerTable } from './usage-tables.ts';

/** Every word of these rows that stands in them as a number. */
export function listNames(rows: Iterable<LedgerRow>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { keyId, projectId, endpoint, model, outcome, deployment, errorCode, finishReason } of rows) {
    names.add(keyId).add(projectId).add(endpoint).add(model).add(outcome);
    // The sums have a place for rows without one.
    names.add(deployment ?? '');
    if (errorCode !== undefined) names.add(errorCode);
    if (finishReason !== undefined) names.add(finishReason);
  }
  return names;
}

const ledgerShape = createRowShape<LedgerTable, LedgerRow>({
  requestId: ({ requestId }) => requestId,
  beganAtMs: ({ beganAtMs }) => beganAtMs,
  endedAtMs: ({ endedAtMs }) => endedAtMs,
  key: ({ keyId }, ids) => numberOf(ids, keyId),
  project: ({ projectId }, ids) => numberOf(ids, projectId),
  endpoint: ({ endpoint }, ids) => numberOf(ids, endpoint),
  model: ({ model }, ids) => numberOf(ids, model),
  deployment: ({ deployment }, ids) => numberOrNull(ids, deployment),
  outcome: ({ outcome }, ids) => numberOf(ids, outcome),
  errorCode: ({ errorCode }, ids) => numberOrNull(ids, errorCode),
  finishReason: ({ finishReason }, ids) => numberOrNull(ids, finishReason),
  isStreamed: ({ isStreamed }) => Number(isStreamed),
  isReplay: ({ isReplay }) => Number(isReplay),
  isEstimated: ({ isEstimated }) => Number(isEstimated),
  answers: ({ answers }) => answers,
  attempts: ({ attempts }) => attempts,
  promptTokens: ({ total }) => total.promptTokens,
  cachedTokens: ({ total }) => total.cachedTokens,
  completionTokens: ({ total }) => total.completionTokens,
  reasoningTokens: ({ total }) => total.reasoningTokens,
  returnedPromptTokens: ({ returned }) => returned.promptTokens,
  returnedCachedTokens: ({ returned }) => returned.cachedTokens,
  returnedCompletionTokens: ({ returned }) => returned.completionTokens,
  returnedReasoningTokens: ({ returned }) => returned.reasoningTokens,
  costNano: ({ costNano }) => costNano ?? null,
  totalMs: ({ totalMs }) => totalMs,
  firstTokenMs: ({ firstTokenMs }) => firstTokenMs ?? null,
  queueMs: ({ queueMs }) => queueMs ?? null,
});

export interface LedgerPlace {
  readonly ids: ReadonlyMap<string, number>;
  readonly inserts: RowInserts;
}

/** Rows, and what they add to the sums of their hour. */
export async function insertLedgerRows(
  queries: SqlDatabase['queries'],
  rows: readonly LedgerRow[],
  { ids, inserts }: LedgerPlace,
): Promise<void> {
  if (rows.length === 0) return;
  const { columns, toValues } = ledgerShape;
  await inserts.insert(
    queries,
    { table: 'ledger', columns },
    rows.map((row) => toValues(row, ids)),
  );
  const sums = new UsageSums(ids);
  for (const row of rows) sums.addRow(row);
  await sums.write(queries, inserts);
}
