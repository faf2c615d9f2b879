import type { ToolUse } from '../../../backend/tool.ts';
import { argumentsCharactersMax } from '../../../grammar/compile-tool-arguments.ts';
import { callsMaxDefault } from '../tool-calls/write-call-grammar.ts';

/** Characters of the arguments of all calls that are forced in one answer, each as long as it may be. */
export const forcedCallsCharactersMax = 2 * argumentsCharactersMax;

/** However long one is. */
export const forcedCallsMin = 1;

/**
 * Calls that one answer may have where the model must call. A small one repeats its last call as long as it may: the
 * longer the calls, the fewer there are, so that their answer ends by itself.
 */
export function toForcedCallsMax({ tools, callableNames }: Pick<ToolUse, 'tools' | 'callableNames'>): number {
  const lengths = tools
    .filter(({ name }) => callableNames.includes(name))
    .map(({ argumentsCharactersMax: characters }) => characters ?? argumentsCharactersMax);
  const calls = Math.floor(forcedCallsCharactersMax / Math.max(1, ...lengths));
  return Math.min(callsMaxDefault, Math.max(forcedCallsMin, calls));
}
