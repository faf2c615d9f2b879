import { findMovedParameters, movedToResponses } from '../chat/moved-parameters.ts';
import { findUnsupportedParameters, type NeutralValues } from '../chat/unsupported-parameters.ts';
import type { RequestProblem } from '../shared/error.ts';
import type { JsonObject } from '../shared/json-object.ts';
import { serverNeutralValues } from '../shared/server-parameters.ts';

/** As in `unsupported-parameters.ts`: known, not honoured, and the values that change nothing. */
const neutralValues = {
  ...serverNeutralValues,
  background: [false],
  context_management: [[]],
  conversation: [],
  moderation: [],
  prompt: [],
} as const satisfies NeutralValues;

/** By where in the body they stand: '' is the body itself. */
export function listUnsupportedResponseParameters(): Readonly<Record<string, NeutralValues>> {
  return { '': neutralValues };
}

export function isUnsupportedResponseParameter(name: string): boolean {
  return Object.hasOwn(neutralValues, name);
}

export function findUnsupportedResponseParameters(body: JsonObject): RequestProblem[] {
  return [...findUnsupportedParameters(body, neutralValues), ...findMovedParameters(body, movedToResponses)];
}
