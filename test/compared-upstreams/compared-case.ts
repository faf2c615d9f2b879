import type { Outcome } from './outcome.ts';

/** One request that a real server is asked directly and through Gravix. */
export interface ComparedCase {
  readonly name: string;
  /** Below `/v1`. */
  readonly path: ComparedPath;
  readonly body: Readonly<Record<string, unknown>>;
  readonly differs?: Differences;
}

export type ComparedPath = '/chat/completions' | '/completions' | '/embeddings' | '/responses' | '/messages';

export type ComparedKind = 'llama-server' | 'vllm' | 'gravix';

/** What is known to differ at servers of each kind. */
export type Differences = Readonly<Partial<Record<ComparedKind, KnownDifference>>>;

export interface KnownDifference {
  /** The `parameter` of the row in the preset's table that says so. */
  readonly row: string;
  /** The parts of an answer that differ. With another status, everything does. */
  readonly parts: readonly (keyof Outcome)[];
}

export function differ(row: string, ...parts: KnownDifference['parts']): KnownDifference {
  return { row, parts };
}

/** Direct calls may have any JSON as their arguments. */
export const forcedCallNotes: Differences = {
  vllm: differ(
    '`tool_choice`: `required` or a function',
    'status',
    'texts',
    'calls',
    'finishes',
    'usage',
    'isBroken',
    'events',
  ),
};

/** Greedy, so that two answers to the same request are the same. */
export const greedy = { temperature: 0, seed: 1 };

export const answerTokens = 12;
export const callTokens = 64;

export const cityParameters = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 20 } },
  required: ['city'],
};

export const personSchema = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 12 } },
  required: ['name'],
  additionalProperties: false,
};

/** A PNG without its picture. */
export const brokenImage = 'iVBORw0KGgo=';
