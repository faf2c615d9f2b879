import { findMovedParameters, movedToResponses } from '../chat/moved-parameters.ts';
import {
  findUnhonoured,
  findUnsupportedParameters,
  type NeutralValues,
} from '../chat/unsupported-parameters.ts';
import type { RequestProblem } from '../shared/error.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { serverNeutralValues } from '../shared/server-parameters.ts';

/** As in `unsupported-parameters.ts`: known, not honoured, and the values that change nothing. '' is the body itself. */
const tables = {
  '': {
    ...serverNeutralValues,
    background: [false],
    context_management: [[]],
    conversation: [],
    max_tool_calls: [],
    moderation: [],
    prompt: [],
  },
  stream_options: { include_obfuscation: [false] },
} as const satisfies Readonly<Record<string, NeutralValues>>;

export function listUnsupportedResponseParameters(): Readonly<Record<string, NeutralValues>> {
  return tables;
}

/** @param at where the field stands: '' for the body, or a field of it. */
export function isUnsupportedResponseParameter(at: keyof typeof tables, name: string): boolean {
  return Object.hasOwn(tables[at], name);
}

export function findUnsupportedResponseParameters(body: JsonObject): RequestProblem[] {
  const options = body['stream_options'];
  return [
    ...findUnsupportedParameters(body, tables['']),
    ...(isJsonObject(options) ? findUnhonoured(options, tables.stream_options, 'stream_options.') : []),
    ...findMovedParameters(body, movedToResponses),
  ];
}
