/** The tools of a request. Undefined in a request: none. */
export interface ToolUse {
  /** The tools that the model sees, at least one, with unique names. */
  readonly tools: readonly ToolDefinition[];
  /** `none`: the model sees the tools and calls none. `auto`: it decides. `required`: it answers with calls alone. */
  readonly choice: 'none' | 'auto' | 'required';
  /** Which of the tools may be called; all of them unless the client named some. At least one. */
  readonly callableNames: readonly string[];
  /** More than one call in one answer. */
  readonly isParallel: boolean;
  /**
   * Calls in one answer at most, 1 to `callsMaxDefault`, so that calls that are forced end within their room. The service
   * sets it from the lengths of their arguments. Absent: `callsMaxDefault`.
   */
  readonly callsMax?: number | undefined;
}

/** Calls in one answer where nothing else limits them: a model may go on calling for ever. */
export const callsMaxDefault = 8;

/** A function of the client's that the model may ask for. */
export interface ToolDefinition {
  /** 1 to 64 letters, digits, underscores, hyphens or dots. */
  readonly name: string;
  readonly description: string | undefined;
  /** JSON Schema of its arguments, as JSON.parse gives it; undefined: it has no parameters. */
  readonly parameters: unknown;
  /** True: a call whose arguments break the schema is never sent as if it were valid. */
  readonly isStrict: boolean;
  /** Its parameters can't be enforced: a call may have any object as its arguments. Default: false. */
  readonly takesAnyArguments?: boolean;
  /**
   * Of a tool that may be called, its arguments in each notation that the backend may want and that can hold them.
   * Absent until the service compiled them.
   */
  readonly argumentsGrammars?: readonly ArgumentsGrammar[];
}

/**
 * The syntax in which a model writes the arguments of a call: one JSON object, or each parameter separately.
 * `tagged`: between texts, strings raw and other values as JSON. `python`: like a call in Python. `gemma`:
 * Gemma's syntax.
 */
export type ArgumentsNotation = 'json' | ParameterNotation;
export type ParameterNotation = 'tagged' | 'python' | 'gemma';

export const argumentsNotations: readonly ArgumentsNotation[] = ['json', 'tagged', 'python', 'gemma'];

/** Plain data: it crosses threads and processes. Each GBNF in it is checked, and has the root rule `root`, one rule a line. */
export type ArgumentsGrammar = ObjectGrammar | ParametersGrammar | AnyParametersGrammar;

export interface ObjectGrammar {
  readonly kind: 'object';
  readonly notation: 'json';
  readonly gbnf: string;
}

export interface ParametersGrammar {
  readonly kind: 'parameters';
  readonly notation: ParameterNotation;
  /** In the order of the schema. */
  readonly parameters: readonly ToolParameter[];
  /** Maximum characters of a raw text without a bound, 1 or more. Absent: unlimited. */
  readonly textCharactersMax?: number | undefined;
}

/** Parameters of any names. */
export interface AnyParametersGrammar {
  readonly kind: 'any-parameters';
  readonly notation: ParameterNotation;
  /** At most, 1 or more. */
  readonly parametersMax: number;
  /** GBNF of one value; '' where values are texts. */
  readonly value: string;
  readonly textCharactersMax?: number | undefined;
}

export interface ToolParameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly kind: ToolParameterKind;
  /** The texts of an enum of strings; absent: any text. Only for `text`. */
  readonly texts?: readonly string[];
  /** GBNF of its values in the tool's notation; '' where they are written as texts. */
  readonly gbnf: string;
}

/**
 * `text`: only strings, any of them or one of a list, so that they may be written without quotes. `value`: never a string.
 * `mixed`: may be both, or a string with conditions that only a grammar holds.
 */
export type ToolParameterKind = 'text' | 'value' | 'mixed';

/** A call that the model made, as it goes back into the conversation. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it. */
  readonly argumentsText: string;
}
