/** A pattern that is no regular expression, or has a construct that no automaton stands for. */
export class UnsupportedPatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedPatternError';
  }
}

/** @param offset in UTF-16 units, counted from 0. */
export function createSyntaxError(problem: string, offset: number): UnsupportedPatternError {
  return new UnsupportedPatternError(`Invalid regular expression: ${problem} at offset ${offset}.`);
}

/** @param construct begins the sentence: `A back-reference`. */
export function createUnsupportedError(construct: string, offset: number): UnsupportedPatternError {
  return new UnsupportedPatternError(`${construct} is not supported, at offset ${offset}.`);
}
