import type { OutputFormat } from '../../backend/output-format.ts';
import type { ArgumentsGrammar, ArgumentsNotation, ToolDefinition } from '../../backend/tool.ts';

/** Turns the form that an answer must have into a grammar and a check of the finished text. */
export interface OutputCompiler {
  /**
   * Compiles a format, or finds it among those compiled before. Never blocks the event loop, and takes a bounded
   * time. Throws `ServiceError` with code `unsupported_schema`, whose `param` is the path of the keyword, for what can't be
   * enforced, for what is too large and for what takes too long. `stringCharactersMax`: characters of a string of JSON
   * without a bound of its own; undefined: any number.
   */
  compile(format: OutputFormat, stringCharactersMax?: number): Promise<CompiledOutput>;
  /**
   * The same for the arguments of a tool's call: an object that its parameters accept, `{}` where it has none.
   * Only a strict tool's check says anything.
   */
  compileArguments(tool: ToolForm): Promise<CompiledToolOutput>;
  close(): Promise<void>;
}

/** What the arguments of a tool depend on. */
export type ToolForm = Pick<ToolDefinition, 'parameters' | 'isStrict'> & {
  readonly notation: ArgumentsNotation;
  /**
   * Characters of the arguments of a call that is forced: what has no bound in the schema gets one, so that they are no
   * longer. undefined: the model may call or not.
   */
  readonly callCharactersMax: number | undefined;
};

export interface CompiledOutput {
  /** GBNF whose root rule is `root`. */
  readonly grammar: string;
  /** Paths of the keywords that only `check` sees. */
  readonly checkedAfterwards: readonly string[];
  /** What is wrong with a finished answer, a sentence each; empty when it is valid. */
  check(text: string): Promise<readonly string[]>;
}

export interface CompiledToolOutput extends Pick<CompiledOutput, 'checkedAfterwards' | 'check'> {
  readonly grammar: ArgumentsGrammar;
  /** Characters of the longest arguments; undefined: not known, or without an end. */
  readonly charactersMax?: number | undefined;
}
