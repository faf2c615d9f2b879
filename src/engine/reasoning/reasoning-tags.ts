/** How a model marks its reasoning. Plain data. */
export interface ReasoningTags {
  readonly start: string;
  readonly end: string;
  /**
   * The text after the end of reasoning if the model would start more: the model decides, or the answer
   * follows.
   */
  readonly next?: { readonly any: string; readonly answer: string };
  /** Whether reasoning may appear again after text. Default: only at the start of the answer. */
  readonly isAnywhere?: boolean;
  /** Texts around the answer that are removed. */
  readonly hidden?: readonly string[];
}
