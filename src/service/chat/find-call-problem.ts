import type { ToolUse } from '../../backend/tool.ts';
import { isObject } from '../../json/json-value.ts';
import { tryParseJson } from '../../json/try-parse-json.ts';
import type { FinishedAnswer } from './check-output.ts';

/**
 * What a finished answer has against the tools of its request; undefined: nothing. A grammar holds all of this, and a
 * server without one may ignore any of it.
 */
export function findCallProblem(
  { choice, callableNames, isParallel }: ToolUse,
  { calls }: FinishedAnswer,
): string | undefined {
  if (choice === 'required' && calls.length === 0) return 'The model called no tool, and a call is required.';
  if (choice === 'none' && calls.length > 0) return 'The model called a tool, and no call is allowed.';
  if (!isParallel && calls.length > 1) return 'The model called more than one tool at once.';
  const other = calls.find(({ name }) => !callableNames.includes(name));
  if (other !== undefined) return 'The model called a tool that it may not call.';
  const broken = calls.find(({ argumentsText }) => !isObject(tryParseJson(argumentsText)));
  return broken === undefined
    ? undefined
    : `In a call of '${broken.name}': the arguments are not a JSON object.`;
}
