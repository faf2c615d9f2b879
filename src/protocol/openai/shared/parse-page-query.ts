import type { z } from 'zod';
import { findUnknownFields } from '../chat/find-ignored-parameters.ts';
import { throwProblems } from './parse-fields.ts';
import { toRequestProblems } from './to-request-problems.ts';

export interface PageQuery<Fields> {
  readonly fields: Fields;
  /** Names that change nothing, safe in a header. */
  readonly ignoredParameters: readonly string[];
}

/**
 * The query of a page, as a form submits it.
 * @throws {RequestError} for a value that the schema refuses
 */
export function parsePageQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: Readonly<Record<string, unknown>>,
): PageQuery<z.infer<z.ZodObject<Shape>>> {
  const isKnown = (name: string) => Object.hasOwn(schema.shape, name);
  const input = Object.fromEntries(Object.entries(query).filter(([name]) => isKnown(name)));
  const parsed = schema.safeParse(input);
  if (parsed.success) return { fields: parsed.data, ignoredParameters: findUnknownFields(query, isKnown) };
  throwProblems(toRequestProblems(parsed.error.issues, { schema, input, at: '' }));
  throw parsed.error;
}
