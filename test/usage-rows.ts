import { createUsageReports, type UsageDifference } from '../src/service/usage/usage-reports.ts';
import type { LedgerRow } from '../src/store/ledger-row.ts';
import type { SqlDatabase } from '../src/store/sql/sql-database.ts';
import { createSqlUsageReportStore } from '../src/store/sql/sql-usage-report-store.ts';
import type { OpenRequest, OpenRequestId } from '../src/store/usage-store.ts';

export function createOpenRequest(
  id: OpenRequestId,
  changes: Partial<OpenRequest> & Pick<OpenRequest, 'startedAtMs'>,
): OpenRequest {
  return {
    id,
    requestId: 'req_1',
    keyId: 'k',
    projectId: 'p',
    endpoint: 'chat/completions',
    model: 'm',
    isStreamed: true,
    beganAtMs: 1_764_000_000_000,
    reserved: { promptTokens: 10, completionTokens: 100, costNano: 1000 },
    made: { promptTokens: 0, completionTokens: 0, costNano: 0 },
    deployment: undefined,
    countsFor: { key: true, project: true },
    keyPeriod: 'total',
    projectPeriod: undefined,
    ...changes,
  };
}

export function createLedgerRow(changes: Partial<LedgerRow> = {}): LedgerRow {
  const counts = { promptTokens: 10, cachedTokens: 2, completionTokens: 5, reasoningTokens: 1 };
  return {
    requestId: 'req_1',
    keyId: 'k',
    projectId: 'p',
    endpoint: 'chat/completions',
    model: 'm',
    deployment: 'm',
    outcome: 'completed',
    errorCode: undefined,
    finishReason: 'stop',
    isStreamed: true,
    isReplay: false,
    isEstimated: false,
    answers: 1,
    attempts: 1,
    total: counts,
    returned: counts,
    costNano: 77,
    beganAtMs: 3_599_990,
    endedAtMs: 3_600_100,
    totalMs: 110,
    firstTokenMs: 20,
    queueMs: undefined,
    ...changes,
  };
}

/** The rows of the ledger in the order in which they were written. */
export async function readLedger({ queries }: Pick<SqlDatabase, 'queries'>): Promise<readonly LedgerRow[]> {
  const names = await readNames(queries);
  const rows = await queries.selectFrom('ledger').selectAll().orderBy('id').execute();
  return rows.map((row) => {
    const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = row;
    const word = (id: number | null) => (id === null ? undefined : names.get(id));
    return {
      requestId: row.requestId,
      keyId: names.get(row.key) ?? '',
      projectId: names.get(row.project) ?? '',
      endpoint: names.get(row.endpoint) ?? '',
      model: names.get(row.model) ?? '',
      deployment: word(row.deployment),
      outcome: names.get(row.outcome) ?? '',
      errorCode: word(row.errorCode),
      finishReason: word(row.finishReason),
      isStreamed: row.isStreamed === 1,
      isReplay: row.isReplay === 1,
      isEstimated: row.isEstimated === 1,
      answers: row.answers,
      attempts: row.attempts,
      total: { promptTokens, cachedTokens, completionTokens, reasoningTokens },
      returned: {
        promptTokens: row.returnedPromptTokens,
        cachedTokens: row.returnedCachedTokens,
        completionTokens: row.returnedCompletionTokens,
        reasoningTokens: row.returnedReasoningTokens,
      },
      costNano: row.costNano ?? undefined,
      beganAtMs: row.beganAtMs,
      endedAtMs: row.endedAtMs,
      totalMs: row.totalMs,
      firstTokenMs: row.firstTokenMs ?? undefined,
      queueMs: row.queueMs ?? undefined,
    };
  });
}

/** Where the ledger, the sums and the budgets of the last day differ. */
export async function findUsageDifferences(database: SqlDatabase): Promise<readonly UsageDifference[]> {
  const store = createSqlUsageReportStore(database);
  const reports = createUsageReports({ store, usageRetentionDays: 90, now: Date.now });
  return await reports.reconcile({ fromMs: Date.now() - 86_400_000, toMs: Date.now() });
}

/** The hourly sums, with names in the place of numbers, by endpoint. */
export async function readSums({ queries }: Pick<SqlDatabase, 'queries'>) {
  const names = await readNames(queries);
  const rows = await queries.selectFrom('usageSums').selectAll().execute();
  return rows
    .map(({ key, project, model, endpoint, deployment, outcome, ...sums }) => ({
      key: names.get(key),
      project: names.get(project),
      model: names.get(model),
      endpoint: names.get(endpoint) ?? '',
      deployment: names.get(deployment),
      outcome: names.get(outcome) ?? '',
      ...sums,
    }))
    .sort((a, b) => a.endpoint.localeCompare(b.endpoint) || a.outcome.localeCompare(b.outcome));
}

async function readNames(queries: SqlDatabase['queries']): Promise<ReadonlyMap<number, string>> {
  const rows = await queries.selectFrom('usageNames').selectAll().execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
