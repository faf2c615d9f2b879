import { z } from 'zod';
import { findUnknownFields } from '../../protocol/openai/chat/find-ignored-parameters.ts';
import { RequestError } from '../../protocol/openai/shared/error.ts';
import { toRequestProblems } from '../../protocol/openai/shared/to-request-problems.ts';

/** By which the page can be filtered, and what people call it. */
export const filterCapabilities = {
  chat: 'Chat',
  tools: 'Tool calls',
  structured_outputs: 'Structured outputs',
  reasoning: 'Reasoning',
  embeddings: 'Embeddings',
} as const;

export type FilterCapability = keyof typeof filterCapabilities;

export const filterKinds = { served: 'Served here', pullable: 'Ready to pull' } as const;

export type FilterKind = keyof typeof filterKinds;

/** UTF-16 code units of a search. */
export const searchCharactersMax = 200;

/** As a form submits it. Unset fields are empty. */
const filterSchema = z.object({
  q: z.string().max(searchCharactersMax).default(''),
  capability: z.enum(['', ...(Object.keys(filterCapabilities) as FilterCapability[])]).default(''),
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
  const [first, ...others] = toRequestProblems(parsed.error.issues, { schema: filterSchema, input, at: '' });
  if (first === undefined) throw parsed.error;
  throw new RequestError([first, ...others]);
}

/** The searchable text of a model. The script of the page searches in the same way. */
export interface Searchable {
  readonly kind: FilterKind;
  /** In small letters. */
  readonly text: string;
  readonly capabilities: readonly string[];
}

/** All words of the search are somewhere in the text, in any order, and the choices hold. */
export function isShown({ q, capability, show }: ModelsFilter, searchable: Searchable): boolean {
  const { kind, text, capabilities } = searchable;
  return (
    (show === '' || show === kind) &&
    (capability === '' || capabilities.includes(capability)) &&
    q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}

/** Nothing is searched and nothing chosen. */
export function isEverything({ q, capability, show }: ModelsFilter): boolean {
  return q.trim() === '' && capability === '' && show === '';
}

export function toSearchText(parts: readonly (string | null | undefined)[]): string {
  return parts
    .filter((part) => part !== null && part !== undefined)
    .join(' ')
    .toLowerCase();
}
