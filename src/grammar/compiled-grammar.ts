import type { ArgumentsGrammar } from '../backend/tool.ts';

/** The result of compiling a schema. Plain data, because it crosses threads. */
export interface CompiledGrammar {
  /** GBNF whose root rule is `root`. */
  readonly gbnf: string;
  /** Keywords that the grammar does not hold in full; a validator must look at the finished answer. */
  readonly checkedAfterwards: readonly SchemaNote[];
  /** Characters of its longest text; undefined: not measured, or without an end. */
  readonly charactersMax?: number | undefined;
}

/** The compiled parameters of a tool, like `CompiledGrammar`. */
export interface CompiledArguments {
  readonly grammar: ArgumentsGrammar;
  readonly checkedAfterwards: readonly SchemaNote[];
  /** Characters of the longest arguments; undefined: not measured, or without an end. */
  readonly charactersMax: number | undefined;
}

/** Something to say about one keyword of a schema. */
export interface SchemaNote {
  /** As in `UnsupportedSchemaError`: `properties.x.uniqueItems`. */
  readonly path: string;
  readonly message: string;
}
