import { z } from 'zod';
import { RequestError } from '../shared/error.ts';
import { findMetadataProblem, metadataSchema, toMetadata } from '../shared/metadata.ts';
import { assertJsonObject, toStrictProblem } from '../shared/parse-fields.ts';
import { toRequestProblems } from '../shared/to-request-problems.ts';
import { findUnknownFields } from './find-ignored-parameters.ts';

/** Body of `POST /chat/completions/{completion_id}`. */
export const updateMetadataRequestSchema = z
  .object({
    metadata: metadataSchema
      .unwrap()
      .describe('Replaces all metadata. Null or an empty object removes all of it.'),
  })
  .meta({ id: 'UpdateMetadataRequest' });

export interface ParsedMetadataUpdate {
  readonly metadata: Readonly<Record<string, string>>;
  readonly ignoredParameters: readonly string[];
}

/** @throws {RequestError} for any other body */
export function parseMetadataUpdate(
  body: unknown,
  { strict }: { readonly strict: boolean },
): ParsedMetadataUpdate {
  assertJsonObject(body);
  const parsed = updateMetadataRequestSchema.safeParse(body);
  const problems = parsed.success
    ? []
    : toRequestProblems(parsed.error.issues, { schema: updateMetadataRequestSchema, input: body, at: '' });
  const ignored = findUnknownFields(body, (name) => name === 'metadata');
  const problem =
    problems[0] ??
    findMetadataProblem(body['metadata']) ??
    (strict ? ignored.map(toStrictProblem)[0] : undefined);
  if (problem !== undefined) throw new RequestError([problem]);
  return { metadata: toMetadata(body['metadata']), ignoredParameters: ignored };
}
