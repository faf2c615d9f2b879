import { z } from 'zod';
import { searchCharactersMax } from '../models/models-query.ts';
import { type PageQuery, parsePageQuery } from '../shared/parse-page-query.ts';

const searchSchema = z.object({ q: z.string().max(searchCharactersMax).default('') });

/** @throws {RequestError} for a search that is too long */
export function parseDocsQuery(
  query: Readonly<Record<string, unknown>>,
): PageQuery<z.infer<typeof searchSchema>> {
  return parsePageQuery(searchSchema, query);
}
