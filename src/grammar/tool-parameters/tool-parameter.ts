/**
 * One parameter of a tool, for call syntaxes that write each parameter separately. Plain data, because it
 * crosses processes.
 */
export interface ToolParameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly kind: ToolParameterKind;
  /** The texts of an enum of strings; undefined: any text. Only for `text`. */
  readonly texts?: readonly string[];
  /** The parameter's own schema. */
  readonly schema: unknown;
  /** GBNF of its values as JSON; its root rule is `root`. */
  readonly grammar: string;
}

/**
 * `text`: only strings, any of them or one of a list, so that a format may write them without quotes. `value`: never a
 * string. `mixed`: may be both, or a string with conditions that only its JSON grammar holds; written as JSON.
 */
export type ToolParameterKind = 'text' | 'value' | 'mixed';
