import type { Selectable } from 'kysely';
import type { OpenRequest, Reservation } from '../usage-store.ts';
import { numberOf } from './usage-names.ts';
import type { OpenRequestsTable } from './usage-tables.ts';

export function toOpenRow(request: OpenRequest, ids: ReadonlyMap<string, number>) {
  const { id, keyId, projectId, endpoint, model, isStreamed, countsFor, ...rest } = request;
  const { keyPeriod, projectPeriod, reserved, made, ...plain } = rest;
  return {
    ...id,
    ...plain,
    ...toAmountColumns({ reserved, made }),
    key: numberOf(ids, keyId),
    project: numberOf(ids, projectId),
    endpoint: numberOf(ids, endpoint),
    model: numberOf(ids, model),
    isStreamed: Number(isStreamed),
    countsForKey: Number(countsFor.key),
    countsForProject: Number(countsFor.project),
    keyPeriod: keyPeriod ?? null,
    projectPeriod: projectPeriod ?? null,
  };
}

export function toAmountColumns({ reserved, made }: Reservation) {
  return {
    ...reserved,
    madePromptTokens: made.promptTokens,
    madeCompletionTokens: made.completionTokens,
    madeCostNano: made.costNano,
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
    countsFor: { key: row.countsForKey === 1, project: row.countsForProject === 1 },
    keyPeriod: row.keyPeriod ?? undefined,
    projectPeriod: row.projectPeriod ?? undefined,
  };
}
