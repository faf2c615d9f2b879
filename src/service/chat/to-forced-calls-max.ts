import { callsMaxDefault } from '../../backend/tool.ts';

/** Maximum number of forced calls in an answer if each call is as long as possible. */
const longCallsMax = 2;

/** However long one is. */
const forcedCallsMin = 1;

/**
 * Calls that one answer may have where the model must call. A small one repeats its last call as long as it may: the
 * longer the calls, the fewer there are, so that their answer ends by itself. `lengths`: characters of the longest
 * arguments of each tool; undefined: not known, or without an end.
 */
export function toForcedCallsMax(
  callCharactersMax: number,
  lengths: readonly (number | undefined)[],
): number {
  const known = lengths.map((characters) => characters ?? callCharactersMax);
  const calls = Math.floor((longCallsMax * callCharactersMax) / Math.max(1, ...known));
  return Math.min(callsMaxDefault, Math.max(forcedCallsMin, calls));
}
