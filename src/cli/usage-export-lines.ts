import { toCsv } from '../protocol/to-csv.ts';
import type { LedgerRow } from '../service/usage/usage-reports.ts';
import { toAmountText } from './to-amount-text.ts';

/** A line for each row, in the order of the rows. */
export function toExportLines(rows: readonly LedgerRow[], format: 'csv' | 'jsonl'): string {
  const lines = rows.map(toExportedRow);
  return format === 'csv'
    ? toCsv(lines.map((line) => exportedNames.map((name) => line[name])))
    : lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function toExportedRow(row: LedgerRow) {
  const { beganAtMs, endedAtMs, total, returned, costNano, ...plain } = row;
  return {
    ...plain,
    beganAt: new Date(beganAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    ...total,
    returnedPromptTokens: returned.promptTokens,
    returnedCachedTokens: returned.cachedTokens,
    returnedCompletionTokens: returned.completionTokens,
    returnedReasoningTokens: returned.reasoningTokens,
    cost: costNano === undefined ? undefined : toAmountText(costNano),
  };
}

const exportedNames = [
  ...(['requestId', 'beganAt', 'endedAt', 'keyId', 'projectId', 'endpoint', 'model', 'deployment'] as const),
  ...(['outcome', 'errorCode', 'finishReason', 'isStreamed', 'isReplay', 'isEstimated'] as const),
  ...([
    'answers',
    'attempts',
    'promptTokens',
    'cachedTokens',
    'completionTokens',
    'reasoningTokens',
  ] as const),
  ...(['returnedPromptTokens', 'returnedCachedTokens', 'returnedCompletionTokens'] as const),
  ...(['returnedReasoningTokens', 'cost', 'totalMs', 'firstTokenMs', 'queueMs'] as const),
] as const satisfies readonly (keyof ReturnType<typeof toExportedRow>)[];

/** The first line of CSV. */
export const exportHeader = toCsv([exportedNames]);
