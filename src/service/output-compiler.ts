import type { OutputFormat } from '../backend/output-format.ts';

/** Turns the form that an answer must have into a grammar and a check of the finished text. */
export interface OutputCompiler {
  /**
   * Compiles a format, or finds it among those compiled before. Never blocks the event loop, and takes a bounded
   * time. Throws `ServiceError` with code `unsupported_schema`, whose `param` is the path of the keyword, for what can't be
   * enforced, for what is too large and for what takes too long.
   */
  compile(format: OutputFormat): Promise<CompiledOutput>;
  close(): Promise<void>;
}

export interface CompiledOutput {
  /** GBNF whose root rule is `root`. */
  readonly grammar: string;
  /** Paths of the keywords that only `check` sees. */
  readonly checkedAfterwards: readonly string[];
  /** What is wrong with a finished answer, a sentence each; empty when it is valid. */
  check(text: string): Promise<readonly string[]>;
}
