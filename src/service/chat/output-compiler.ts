import type { OutputFormat } from '../../backend/output-format.ts';
import type { ArgumentsGrammar, ArgumentsNotation, ToolDefinition } from '../../backend/tool.ts';

/** Turns the form that an answer must have into a grammar and a check of the finished text. */
export interface OutputCompiler {
  /**
   * Compiles a format, or returns it from the cache. Never blocks the event loop, and takes bounded time.
   * Throws `ServiceError` with code `unsupported_schema`, whose `param` is the path of the keyword, if the
   * format can't be enforced, is too large or takes too long. `stringCharactersMax`: maximum characters of a
   * JSON string without a bound; undefined: unlimited.
   */
  compile(format: OutputFormat, stringCharactersMax?: number): Promise<CompiledOutput>;
  /**
   * The same for the arguments of a tool's call: an object that its parameters accept, `{}` where it has none.
   * Only a strict tool's check says anything.
   */
  compileArguments(tool: ToolForm): Promise<CompiledToolOutput>;
  close(): Promise<void>;
}

/** The inputs of compiling the arguments of a tool. */
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
  /** The problems of a finished answer, one sentence each. Empty if it is valid. */
  check(text: string): Promise<readonly string[]>;
}

export interface CompiledToolOutput extends Pick<CompiledOutput, 'checkedAfterwards' | 'check'> {
  readonly grammar: ArgumentsGrammar;
  /** Characters of the longest arguments; undefined: not known, or without an end. */
  readonly charactersMax?: number | undefined;
}
