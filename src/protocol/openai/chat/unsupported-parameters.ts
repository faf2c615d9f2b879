import { isDeepStrictEqual } from 'node:util';
import type { RequestProblem } from '../shared/error.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { serverNeutralValues } from '../shared/server-parameters.ts';

/**
 * Parameters of OpenAI, vLLM and llama-server that we know and can't honour yet, each with the values that
 * change nothing and are therefore accepted; null always is. Any other value is 400 `unsupported_parameter`,
 * because an answer made without it would not be what was asked for. A parameter that becomes honoured moves
 * out of this table into the schema.
 */
const neutralValues = {
  ...serverNeutralValues,
  add_special_tokens: [false],
  audio: [],
  best_of: [1],
  chat_template: [],
  documents: [[]],
  echo: [false],
  guided_whitespace_pattern: [],
  include_reasoning: [true],
  length_penalty: [1],
  mm_processor_kwargs: [{}],
  modalities: [['text']],
  moderation: [],
  parse_tool_calls: [true],
  prompt_logprobs: [],
  reasoning_format: ['auto', 'deepseek'],
  use_beam_search: [false],
  web_search_options: [],
} as const satisfies NeutralValues;

/**
 * The same for vLLM's `structured_outputs`. White space always follows our rule, and there is no fallback.
 */
const neutralStructuredOutputs = {
  disable_additional_properties: [false],
  disable_any_whitespace: [false],
  disable_fallback: [true, false],
  structural_tag: [],
  whitespace_pattern: [],
} as const satisfies NeutralValues;

/** Each parameter with the values that change nothing. */
export type NeutralValues = Readonly<Record<string, readonly unknown[]>>;

/** The tables as the reference shows them, by where in the body they stand: '' is the body itself. */
export function listUnsupportedParameters(): Readonly<Record<string, NeutralValues>> {
  return {
    '': neutralValues,
    structured_outputs: neutralStructuredOutputs,
  };
}

export function isUnsupportedParameter(name: string): boolean {
  return Object.hasOwn(neutralValues, name);
}

export function isUnsupportedStructuredOutput(name: string): boolean {
  return Object.hasOwn(neutralStructuredOutputs, name);
}

/** The parameters of `body` that ask for something that can't be honoured yet. `neutral`: of a body's own fields. */
export function findUnsupportedParameters(
  body: JsonObject,
  neutral: NeutralValues = neutralValues,
): RequestProblem[] {
  const problems = findUnhonoured(body, neutral, '');
  const structuredOutputs = body['structured_outputs'];
  if (isJsonObject(structuredOutputs)) {
    problems.push(...findUnhonoured(structuredOutputs, neutralStructuredOutputs, 'structured_outputs.'));
  }
  return problems;
}

/** The fields that ask for what a table does not let through; `prefix` is where they stand. */
function findUnhonoured(fields: JsonObject, table: NeutralValues, prefix: string): RequestProblem[] {
  const problems: RequestProblem[] = [];
  const given = new Set(Object.keys(fields).filter((name) => Object.hasOwn(table, name)));
  if (given.size === 0) return problems;
  for (const [name, neutral] of Object.entries(table)) {
    if (!given.has(name) || fields[name] === null) continue;
    if (neutral.some((value) => isDeepStrictEqual(value, fields[name]))) continue;
    problems.push(toProblem(`${prefix}${name}`, neutral));
  }
  return problems;
}

function toProblem(param: string, neutral: readonly unknown[]): RequestProblem {
  const accepted = [...neutral.map((value) => JSON.stringify(value)), 'null'].join(', ');
  return {
    code: 'unsupported_parameter',
    param,
    message: `Unsupported parameter: '${param}' is not supported by this server. Leave it out (accepted because they change nothing: ${accepted}).`,
  };
}
