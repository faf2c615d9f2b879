import { z } from 'zod';
import type { RequestProblem } from './error.ts';
import { isJsonObject } from './json-object.ts';
import { describeType } from './to-request-problems.ts';

/** Token ids of one request that have a bias. */
export const logitBiasEntriesMax = 1_024;

export const logitBiasMax = 100;

/** It passes as it came and is checked by `findLogitBiasProblem`: zod would name a client's own keys in its paths. */
export const logitBiasSchema = z
  .unknown()
  .refine(isJsonObject, { params: { expected: 'object' } })
  .meta({
    type: 'object',
    additionalProperties: { type: 'number', minimum: -logitBiasMax, maximum: logitBiasMax },
    maxProperties: logitBiasEntriesMax,
  })
  .nullish()
  .describe(
    `Token ids of this model, each with a value that is added to its logit, -${logitBiasMax} to ${logitBiasMax}; at most ${logitBiasEntriesMax} entries. An id outside the vocabulary is refused.`,
  );

const param = 'logit_bias';

/** The first problem. Undefined if there is none or the field is absent. */
export function findLogitBiasProblem(value: unknown): RequestProblem | undefined {
  if (!isJsonObject(value)) return undefined;
  let entries = 0;
  for (const key in value) {
    entries += 1;
    if (entries > logitBiasEntriesMax) {
      const message = `Invalid '${param}': too many properties. Expected an object with at most ${logitBiasEntriesMax} properties.`;
      return { code: 'object_above_max_properties', param, message };
    }
    const problem = toTokenIdProblem(key) ?? toBiasProblem(value[key]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @param value what `findLogitBiasProblem` found nothing wrong with. */
export function toLogitBias(value: unknown): ReadonlyMap<number, number> | undefined {
  if (!isJsonObject(value)) return undefined;
  return new Map(Object.entries(value).map(([id, bias]) => [Number(id), Number(bias)]));
}

/** Only the one way to write a number, so that no two keys are the same token. */
function toTokenIdProblem(key: string): RequestProblem | undefined {
  const id = Number(key);
  if (Number.isSafeInteger(id) && id >= 0 && String(id) === key) return undefined;
  const message = `Invalid value for '${param}': its keys must be token ids, such as "50256".`;
  return { code: 'invalid_value', param, message };
}

function toBiasProblem(bias: unknown): RequestProblem | undefined {
  if (typeof bias !== 'number' || Number.isNaN(bias)) {
    const message = `Invalid type for '${param}': expected a decimal for each token id, but got ${describeType(bias)} instead.`;
    return { code: 'invalid_type', param, message };
  }
  if (Math.abs(bias) <= logitBiasMax) return undefined;
  const above = bias > 0;
  const message = `Invalid '${param}': decimal ${above ? 'above maximum' : 'below minimum'} value. Expected values from -${logitBiasMax} to ${logitBiasMax}, but got ${bias} instead.`;
  return { code: above ? 'decimal_above_max_value' : 'decimal_below_min_value', param, message };
}
