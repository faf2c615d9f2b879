// How a family of models writes its calls, as plain data: the grammar, the parser and the writer all read it.

/** One answer's calls: `open call (separator call)* close`. */
export interface CallSyntax {
  readonly name: string;
  /** Texts of which a chat template of this family has all. */
  readonly signs: readonly string[];
  /** Before the first call and after the last; '' where each call stands for itself. */
  readonly open: string;
  readonly close: string;
  /** Between two calls. */
  readonly separator: string;
  readonly call: readonly CallPart[];
  /** Maximum calls in an answer, however many are allowed. Default: unlimited. */
  readonly callsMax?: number;
  /**
   * Texts that say that a call has begun, without white space before them: beginnings of `open`, of a call or of one of
   * its first texts. None where a call begins with its name.
   */
  readonly triggers: readonly string[];
  /** A call may only begin where the answer does: what begins it is too common elsewhere. */
  readonly isAtStartOnly?: boolean;
  /** The prompt ends with the separator, so that the first call begins with its name. */
  readonly beginsWithName?: boolean;
  /** Texts around plain content that are removed. */
  readonly hidden?: readonly HiddenText[];
  /** The format of ids that the template requires. Undefined: any. */
  readonly idForm?: 'nine-alphanumerics' | 'name-and-index';
  /**
   * Tags around results, one per line, written into a user message for templates without a role for results,
   * and never shown in an answer. Default: Hermes tags.
   */
  readonly result?: readonly [before: string, after: string];
}

export interface HiddenText {
  readonly text: string;
  readonly isAtStart: boolean;
}

export type CallPart = TextPart | NamePart | IdPart | ArgumentsPart;

/** White space in it is written as it is and read as any or none. */
export interface TextPart {
  readonly kind: 'text';
  /**
   * The first text is written; the others are also read. A call that starts with the second text of its first
   * part continues with the second text of the others.
   */
  readonly texts: readonly [string, ...string[]];
}

export interface NamePart {
  readonly kind: 'name';
}

/** An id with the texts around it: written, and read if present. */
export interface IdPart {
  readonly kind: 'id';
  readonly before: string;
  readonly form: 'nine-alphanumerics' | 'number';
  readonly after: string;
  /** It is this call's own in the whole conversation. */
  readonly isKept: boolean;
}

export interface ArgumentsPart {
  readonly kind: 'arguments';
  readonly form: ArgumentsForm;
}

export type ArgumentsForm =
  /** One JSON object. */
  | { readonly kind: 'json' }
  /** Each parameter in separate tags: strings raw, other values as JSON. */
  | TaggedForm
  /** `name="text", other=1`, as in a call in Python. */
  | { readonly kind: 'python' }
  /** `name:<|"|>text<|"|>,other:1`, sorted by name. */
  | { readonly kind: 'gemma' };

export interface TaggedForm {
  readonly kind: 'tagged';
  readonly beforeName: string;
  /** Between the name and the value. */
  readonly beforeText: string;
  /** The same before a value that is no string; undefined: no difference. */
  readonly beforeValue?: string;
  readonly afterValue: string;
}

export const text = (...texts: [string, ...string[]]): TextPart => ({ kind: 'text', texts });
export const namePart: NamePart = { kind: 'name' };
export const jsonArguments: ArgumentsPart = { kind: 'arguments', form: { kind: 'json' } };
