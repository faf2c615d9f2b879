import type { Automaton } from '../automaton/automaton.ts';
import type { SchemaNote } from '../compiled-grammar.ts';
import { grammarBytesMax } from '../gbnf/grammar-limits.ts';
import type { GrammarWriter, WritingBounds } from '../gbnf/grammar-writer.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import type { SchemaDocument, SchemaNode } from './schema-document.ts';

/** The shared state of one compilation. */
export interface CompileRun {
  readonly document: SchemaDocument;
  readonly writer: GrammarWriter;
  readonly limits: CompileLimits;
  /** The compilation of array items and undeclared members: the same, with the bounds for repeated parts. */
  readonly items: CompileRun;
  /** Notes that the grammar lets more through than the keyword at `path` allows. */
  note(path: string, message: string): void;
  readonly notes: readonly SchemaNote[];
  /** Notes why a value can't be at `path`; the last one that is deepest counts when the whole schema has none. */
  refuse(path: string, reason: string): void;
  readonly refusals: readonly SchemaNote[];
  /** Counts work. Throws `UnsupportedSchemaError` if there was too much. */
  spend(steps: number): void;
  /** Remembers an automaton under a key, because schemas repeat their patterns. undefined: could not be made. */
  automaton(key: string, make: () => Automaton | undefined): Automaton | undefined;
  /** The rule for a value that all of these schemas accept. Undefined if there is none. */
  compile(nodes: readonly SchemaNode[]): string | undefined;
}

export interface CompileLimits {
  /** Characters of the grammar. */
  readonly grammarBytesMax: number;
  /** Units of work in all: about a microsecond each. */
  readonly stepsMax: number;
  /** Maximum combinations of the alternatives (`anyOf` and similar) of one value. */
  readonly alternativesMax: number;
  /** States of one automaton. */
  readonly statesMax: number;
  readonly undeclaredMembers: UndeclaredMembers;
  /** Bounds for values without a bound in the schema. Undefined: unlimited. */
  readonly bounds?: WritingBounds | undefined;
  /** The type that the value must have in addition to its schema. */
  readonly rootType?: 'object' | undefined;
}

/**
 * Where an object may have members that its schema does not declare. `asked`: only where `additionalProperties` is true or
 * a schema, and after the declared ones; an object that declares none takes any. `allowed`: wherever JSON Schema allows
 * them, so that each valid instance is a text of the grammar.
 */
export type UndeclaredMembers = 'asked' | 'allowed';

export const compileLimitsDefault: CompileLimits = {
  grammarBytesMax,
  stepsMax: 400_000,
  alternativesMax: 128,
  statesMax: 4_000,
  undeclaredMembers: 'asked',
};

export function createBudget(stepsMax: number): (steps: number) => void {
  let left = stepsMax;
  return (steps) => {
    left -= steps;
    if (left < 0) {
      throw new UnsupportedSchemaError('', 'The schema is too complex: compiling it takes too much work.');
    }
  };
}
