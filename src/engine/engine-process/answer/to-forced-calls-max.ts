import type { ToolUse } from '../../../backend/tool.ts';
import { callCharactersMin } from '../../../grammar/to-call-characters-max.ts';
import { callsMaxDefault } from '../tool-calls/write-call-grammar.ts';

/** Calls that are forced in one answer, where each is as long as there is room for one. */
const longCallsMax = 2;

/** However long one is. */
export const forcedCallsMin = 1;

/**
 * Calls that one answer may have where the model must call. A small one repeats its last call as long as it may: the
 * longer the calls, the fewer there are, so that their answer ends by itself.
 */
export function toForcedCallsMax({
  tools,
  callableNames,
  callCharactersMax = callCharactersMin,
}: Pick<ToolUse, 'tools' | 'callableNames' | 'callCharactersMax'>): number {
  const lengths = tools
    .filter(({ name }) => callableNames.includes(name))
    .map(({ argumentsCharactersMax: characters }) => characters ?? callCharactersMax);
  const calls = Math.floor((longCallsMax * callCharactersMax) / Math.max(1, ...lengths));
  return Math.min(callsMaxDefault, Math.max(forcedCallsMin, calls));
}
