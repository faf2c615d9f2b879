/** How a model sets its thoughts apart from its answer. Plain data. */
export interface ReasoningTags {
  readonly start: string;
  readonly end: string;
  /** What follows the end of a thought where the model would begin another one: whatever it likes, or the answer. */
  readonly next?: { readonly any: string; readonly answer: string };
  /** Thoughts may come again after text. Default: only where the answer begins. */
  readonly isAnywhere?: boolean;
  /** Texts around the answer that nobody is to see. */
  readonly hidden?: readonly string[];
}
