import { z } from 'zod';
import { findUnknownFields } from '../chat/find-ignored-parameters.ts';
import { throwProblems } from '../shared/parse-fields.ts';
import { toRequestProblems } from '../shared/to-request-problems.ts';
import { capabilityTitles } from './model-view.ts';

const filterNames = ['chat', 'tools', 'structured_outputs', 'reasoning', 'embeddings'] as const;

export type FilterCapability = (typeof filterNames)[number];

/** By which the models can be filtered, and what people call it. */
export const filterCapabilities = Object.fromEntries(
  filterNames.map((name) => [name, capabilityTitles[name]]),
) as Readonly<Record<FilterCapability, string>>;

export const filterKinds = { served: 'Served here', pullable: 'Ready to pull' } as const;

export type FilterKind = keyof typeof filterKinds;

/** UTF-16 code units of a search. */
export const searchCharactersMax = 200;

/** As a form submits it. Unset fields are empty. */
const filterSchema = z.object({
  q: z.string().max(searchCharactersMax).default(''),
  capability: z.enum(['', ...filterNames]).default(''),
  show: z.enum(['', ...(Object.keys(filterKinds) as FilterKind[])]).default(''),
});

export type ModelsFilter = z.infer<typeof filterSchema>;

export interface ModelsQuery {
  readonly filter: ModelsFilter;
  /** Names that change nothing, safe in a header. */
  readonly ignoredParameters: readonly string[];
}

/** @throws {RequestError} for a choice that there is not, and for a search that is too long */
export function parseModelsQuery(fields: Readonly<Record<string, unknown>>): ModelsQuery {
  const isKnown = (name: string) => Object.hasOwn(filterSchema.shape, name);
  const input = Object.fromEntries(Object.entries(fields).filter(([name]) => isKnown(name)));
  const parsed = filterSchema.safeParse(input);
  if (parsed.success) return { filter: parsed.data, ignoredParameters: findUnknownFields(fields, isKnown) };
  throwProblems(toRequestProblems(parsed.error.issues, { schema: filterSchema, input, at: '' }));
  throw parsed.error;
}
