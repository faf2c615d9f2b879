/** What a request says of tools; undefined in a request: there are none. */
export interface ToolUse {
  /** What the model may know of; at least one, with different names. */
  readonly tools: readonly ToolDefinition[];
  /** `none`: the model sees the tools and calls none. `auto`: it decides. `required`: it answers with calls alone. */
  readonly choice: 'none' | 'auto' | 'required';
  /** Which of the tools may be called; all of them unless the client named some. At least one. */
  readonly callableNames: readonly string[];
  /** More than one call in one answer. */
  readonly isParallel: boolean;
  /** Characters that the arguments of one call may have where calls are required; undefined elsewhere. */
  readonly callCharactersMax?: number | undefined;
}

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
  /** GBNF of its arguments, whose root rule is `root`; already checked. undefined until the service compiled it. */
  readonly argumentsGrammar: string | undefined;
  /** Characters of the longest arguments that the grammar takes; undefined: not known, or without an end. */
  readonly argumentsCharactersMax?: number | undefined;
  /** Characters of a string in them that has no bound of its own; undefined: any number, or not known. */
  readonly argumentsStringCharactersMax?: number | undefined;
}

/** A call that the model made, as it goes back into the conversation. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it. */
  readonly argumentsText: string;
}
