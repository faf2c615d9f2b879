import type { RequestProblem } from '../error.ts';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { findUnhonoured, type NeutralValues } from '../later-parameters.ts';

/** As in `later-parameters.ts`: known, not honoured, and the values that change nothing. '' is the body itself. */
const tables = {
  '': {
    background: [false],
    context_management: [[]],
    conversation: [],
    max_tool_calls: [],
    moderation: [],
    prompt: [],
    truncation: ['disabled'],
  },
  reasoning: { generate_summary: [], summary: [] },
  stream_options: { include_obfuscation: [false] },
  text: { verbosity: ['medium'] },
} as const satisfies Readonly<Record<string, NeutralValues>>;

export function listLaterResponseParameters(): Readonly<Record<string, NeutralValues>> {
  return tables;
}

/** @param at where the field stands: '' for the body, or a field of it. */
export function isLaterResponseParameter(at: keyof typeof tables, name: string): boolean {
  return Object.hasOwn(tables[at], name);
}

export function findLaterResponseParameters(body: JsonObject): RequestProblem[] {
  return Object.entries(tables).flatMap(([at, table]) => {
    const fields = at === '' ? body : body[at];
    return isJsonObject(fields) ? findUnhonoured(fields, table, at === '' ? '' : `${at}.`) : [];
  });
}
