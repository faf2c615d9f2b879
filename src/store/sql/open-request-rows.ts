import type { Selectable } from 'kysely';
import type { OpenRequest, Reservation } from '../usage-store.ts';
import { createRowShape, numberOrNull } from './row-columns.ts';
import { numberOf } from './usage-names.ts';
import type { OpenRequestsTable } from './usage-tables.ts';

export const openRequestShape = createRowShape<OpenRequestsTable, OpenRequest>({
  replicaId: ({ id }) => id.replicaId,
  number: ({ id }) => id.number,
  requestId: ({ requestId }) => requestId,
  key: ({ keyId }, ids) => numberOf(ids, keyId),
  project: ({ projectId }, ids) => numberOf(ids, projectId),
  endpoint: ({ endpoint }, ids) => numberOf(ids, endpoint),
  model: ({ model }, ids) => numberOf(ids, model),
  isStreamed: ({ isStreamed }) => Number(isStreamed),
  beganAtMs: ({ beganAtMs }) => beganAtMs,
  startedAtMs: ({ startedAtMs }) => startedAtMs,
  promptTokens: ({ reserved }) => reserved.promptTokens,
  completionTokens: ({ reserved }) => reserved.completionTokens,
  costNano: ({ reserved }) => reserved.costNano,
  madePromptTokens: ({ made }) => made.promptTokens,
  madeCompletionTokens: ({ made }) => made.completionTokens,
  madeCostNano: ({ made }) => made.costNano,
  deployment: ({ deployment }, ids) => numberOrNull(ids, deployment),
  countsForKey: ({ countsFor }) => Number(countsFor.key),
  countsForProject: ({ countsFor }) => Number(countsFor.project),
  keyPeriod: ({ keyPeriod }) => keyPeriod ?? null,
  projectPeriod: ({ projectPeriod }) => projectPeriod ?? null,
});

export function toReservationColumns(
  { reserved, made, deployment }: Reservation,
  ids: ReadonlyMap<string, number>,
) {
  return {
    ...reserved,
    madePromptTokens: made.promptTokens,
    madeCompletionTokens: made.completionTokens,
    madeCostNano: made.costNano,
    deployment: numberOrNull(ids, deployment),
  };
}

export function toOpenRequest(
  row: Selectable<OpenRequestsTable>,
  names: ReadonlyMap<number, string>,
): OpenRequest {
  const { replicaId, number, requestId, beganAtMs, startedAtMs } = row;
  const { promptTokens, completionTokens, costNano } = row;
  const nameOf = (id: number) => names.get(id) ?? '';
  return {
    id: { replicaId, number },
    requestId,
    keyId: nameOf(row.key),
    projectId: nameOf(row.project),
    endpoint: nameOf(row.endpoint),
    model: nameOf(row.model),
    isStreamed: row.isStreamed === 1,
    beganAtMs,
    startedAtMs,
    reserved: { promptTokens, completionTokens, costNano },
    made: {
      promptTokens: row.madePromptTokens,
      completionTokens: row.madeCompletionTokens,
      costNano: row.madeCostNano,
    },
    deployment: row.deployment === null ? undefined : nameOf(row.deployment),
    countsFor: { key: row.countsForKey === 1, project: row.countsForProject === 1 },
    keyPeriod: row.keyPeriod ?? undefined,
    projectPeriod: row.projectPeriod ?? undefined,
  };
}
