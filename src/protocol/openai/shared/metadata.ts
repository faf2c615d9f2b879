import { z } from 'zod';
import type { RequestProblem } from './error.ts';
import { isJsonObject } from './json-object.ts';
import { describeType } from './to-request-problems.ts';

export const metadataPairsMax = 16;

/** UTF-16 code units. */
export const metadataKeyCharactersMax = 64;

/** UTF-16 code units. */
export const metadataValueCharactersMax = 512;

/** It passes as it came and is checked by `findMetadataProblem`: zod would name a client's own keys in its paths. */
export const metadataSchema = z
  .unknown()
  .refine(isJsonObject, { params: { expected: 'object' } })
  .meta({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: metadataValueCharactersMax },
    maxProperties: metadataPairsMax,
  })
  .nullish()
  .describe(
    `Up to ${metadataPairsMax} pairs that are stored with the answer: keys of up to ${metadataKeyCharactersMax} characters, values of up to ${metadataValueCharactersMax}. Without \`store: true\` they have no effect, and \`metadata\` is listed in \`x-ignored-params\`.`,
  );

const param = 'metadata';

/** The first problem. Undefined if there is none or the field is absent. */
export function findMetadataProblem(value: unknown): RequestProblem | undefined {
  if (!isJsonObject(value)) return undefined;
  let pairs = 0;
  for (const key in value) {
    pairs += 1;
    if (pairs > metadataPairsMax) {
      const message = `Invalid '${param}': too many properties. Expected an object with at most ${metadataPairsMax} properties.`;
      return { code: 'object_above_max_properties', param, message };
    }
    const text = value[key];
    if (typeof text !== 'string') {
      const message = `Invalid type for '${param}': expected a string for each key, but got ${describeType(text)} instead.`;
      return { code: 'invalid_type', param, message };
    }
    if (key.length > metadataKeyCharactersMax || text.length > metadataValueCharactersMax) {
      const message = `Invalid '${param}': string too long. Expected keys with maximum length ${metadataKeyCharactersMax} and values with maximum length ${metadataValueCharactersMax}.`;
      return { code: 'string_above_max_length', param, message };
    }
  }
  return undefined;
}

/** @param value what `findMetadataProblem` found nothing wrong with. */
export function toMetadata(value: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
