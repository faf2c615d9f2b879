import type { LedgerCounts, LedgerRow } from '../../store/ledger-row.ts';
import type { OpenRequest } from '../../store/usage-store.ts';
import type { Admission } from '../limits/admission-of-request.ts';
import { toServedCostNano } from '../limits/model-price.ts';
import type { TokenCounts, UsageRecord } from './usage-record.ts';

/** @param endedAtMs milliseconds since 1970 */
export function toLedgerRow(
  record: UsageRecord,
  admission: Pick<Admission, 'modelName' | 'price' | 'answers'> | undefined,
  endedAtMs: number,
): LedgerRow {
  const { caller, requestId, endpoint, outcome, errorCode, finishReason, total, returned } = record;
  const { price } = admission ?? {};
  return {
    requestId,
    keyId: caller.id,
    projectId: caller.projectId,
    endpoint,
    model: admission?.modelName ?? record.model ?? '',
    deployment: record.deployment,
    outcome,
    errorCode,
    finishReason,
    isStreamed: record.isStreamed,
    isReplay: record.isReplay,
    isEstimated: record.isEstimated,
    answers: admission?.answers ?? 0,
    attempts: record.attempts.length,
    total: toLedgerCounts(total),
    returned: toLedgerCounts(returned),
    costNano: price && toServedCostNano(price, record.served),
    beganAtMs: Math.round(endedAtMs - record.totalMs),
    endedAtMs,
    totalMs: Math.round(record.totalMs),
    firstTokenMs: record.timeToFirstTokenMs && Math.round(record.timeToFirstTokenMs),
    queueMs: record.queueWaitMs && Math.round(record.queueWaitMs),
  };
}

function toLedgerCounts(counts: TokenCounts): LedgerCounts {
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = counts;
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens };
}

/** Of a request whose process ended before it: what it had made to the end of its slice, and nothing returned. */
export function toInterruptedRow(open: OpenRequest, endedAtMs: number): LedgerRow {
  const { requestId, keyId, projectId, endpoint, model, deployment, isStreamed, made, beganAtMs } = open;
  const none = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
  return {
    requestId,
    keyId,
    projectId,
    endpoint,
    model,
    deployment,
    outcome: 'interrupted',
    errorCode: undefined,
    finishReason: undefined,
    isStreamed,
    isReplay: false,
    isEstimated: true,
    answers: 0,
    attempts: made.promptTokens > 0 ? 1 : 0,
    total: { ...none, promptTokens: made.promptTokens, completionTokens: made.completionTokens },
    returned: none,
    costNano: made.costNano,
    beganAtMs,
    endedAtMs,
    totalMs: Math.max(0, endedAtMs - beganAtMs),
    firstTokenMs: undefined,
    queueMs: undefined,
  };
}
