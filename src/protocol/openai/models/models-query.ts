import { z } from 'zod';
import { type PageQuery, parsePageQuery } from '../shared/parse-page-query.ts';
import { capabilityTitles } from './model-view.ts';

const filterNames = ['chat', 'tools', 'structured_outputs', 'reasoning', 'embeddings'] as const;

export type FilterCapability = (typeof filterNames)[number];

/** By which the models can be filtered, and what people call it. */
export const filterCapabilities = Object.fromEntries(
  filterNames.map((name) => [name, capabilityTitles[name]]),
) as Readonly<Record<FilterCapability, string>>;

export const filterKinds = { served: 'Served here', pullable: 'Ready to pull' } as const;

export type FilterKind = keyof typeof filterKinds;

/** Orders of the models, and what people call them. Without one, the default model comes first, and chat before embeddings. */
export const modelOrders = {
  name: 'Name',
  smallest: 'Smallest first',
  largest: 'Largest first',
} as const;

export type ModelOrder = keyof typeof modelOrders;

/** UTF-16 code units of a search. */
export const searchCharactersMax = 200;

/** As a form submits it. Unset fields are empty. */
const filterSchema = z.object({
  q: z.string().max(searchCharactersMax).default(''),
  capability: z.enum(['', ...filterNames]).default(''),
  show: z.enum(['', ...(Object.keys(filterKinds) as FilterKind[])]).default(''),
  sort: z.enum(['', ...(Object.keys(modelOrders) as ModelOrder[])]).default(''),
});

export type ModelsFilter = z.infer<typeof filterSchema>;

/** @throws {RequestError} for a choice that there is not, and for a search that is too long */
export function parseModelsQuery(query: Readonly<Record<string, unknown>>): PageQuery<ModelsFilter> {
  return parsePageQuery(filterSchema, query);
}
