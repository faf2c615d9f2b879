/** Tokens of context per slot where neither the model nor the operator says less. */
const contextLengthDefault = 8192;

/** A context that does not fit is halved, but not below this: less is no use for a conversation. */
const contextLengthMin = 512;

/** Tokens of context for each slot. */
export interface ContextRange {
  /** Where memory holds it. */
  readonly wanted: number;
  readonly min: number;
}

/** An operator's length is taken as it is; else it is what the model was trained for, up to the default. */
export function toContextRange(operators: number | undefined, trained: number | undefined): ContextRange {
  const wanted = operators ?? Math.min(trained ?? contextLengthDefault, contextLengthDefault);
  return { wanted, min: operators ?? contextLengthMin };
}
