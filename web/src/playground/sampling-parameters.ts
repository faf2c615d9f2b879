import { isJsonObject } from './read-json-text.ts';

/** A parameter of a chat completion that changes how tokens are chosen, as /openapi.json describes it. */
export interface SamplingParameter {
  readonly name: string;
  readonly description: string;
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** The minimum itself is not allowed. */
  readonly isMinExcluded: boolean;
  readonly choices: readonly string[];
  readonly default: unknown;
}

/** In the order in which they are shown. What the server does not know is left out. */
const names = [
  ...['temperature', 'top_p', 'top_k', 'min_p', 'max_completion_tokens', 'seed', 'stop'],
  ...['frequency_penalty', 'presence_penalty', 'repetition_penalty', 'repetition_stop'],
  ...['reasoning_effort', 'reasoning_budget', 'top_logprobs', 'min_tokens', 'ignore_eos'],
  ...['stop_token_ids', 'logit_bias', 'tool_choice', 'parallel_tool_calls'],
];

/** Values above this are no range that anyone looks for. */
const rangeMax = 1e9;

type Schema = Readonly<Record<string, unknown>>;

export function readSamplingParameters(openApi: unknown): readonly SamplingParameter[] {
  const properties = readPath(openApi, ['components', 'schemas', 'ChatCompletionRequest', 'properties']);
  return names.flatMap((name) => {
    const schema = properties[name];
    return isJsonObject(schema) && schema['x-effect'] === undefined ? [toParameter(name, schema)] : [];
  });
}

function toParameter(name: string, schema: Schema): SamplingParameter {
  const choices = listChoices(schema);
  const min = toNumber(schema['minimum']) ?? toNumber(schema['exclusiveMinimum']);
  const max = toNumber(schema['maximum']);
  return {
    name,
    description: typeof schema['description'] === 'string' ? schema['description'] : '',
    kind: toKind(schema, choices),
    min,
    max: max !== undefined && max > rangeMax ? undefined : max,
    isMinExcluded: schema['exclusiveMinimum'] !== undefined,
    choices,
    default: schema['default'],
  };
}

function toKind(schema: Schema, choices: readonly string[]): SamplingParameter['kind'] {
  const types = [schema['type']].flat();
  if (types.includes('number')) return 'number';
  if (types.includes('integer')) return 'integer';
  if (types.includes('boolean')) return 'boolean';
  return choices.length > 0 && schema['anyOf'] !== undefined && !hasOtherForms(schema) ? 'choice' : 'json';
}

function listForms(schema: Schema): readonly Schema[] {
  const forms = [schema['anyOf'] ?? []].flat();
  return [schema, ...forms.filter(isJsonObject)];
}

function listChoices(schema: Schema): readonly string[] {
  return listForms(schema)
    .flatMap((form) => [form['enum'] ?? []].flat())
    .filter((choice) => typeof choice === 'string');
}

/** Other than null and the listed texts. */
function hasOtherForms(schema: Schema): boolean {
  return listForms(schema).some(
    (form) => form !== schema && form['enum'] === undefined && form['type'] !== 'null',
  );
}

/** What is wrong with a value; undefined if nothing is. */
export function checkParameter(
  { kind, min, max, isMinExcluded }: SamplingParameter,
  value: unknown,
): string | undefined {
  if (value === undefined || (kind !== 'number' && kind !== 'integer')) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Expected a number.';
  if (kind === 'integer' && !Number.isSafeInteger(value)) return 'Expected a whole number.';
  if (min !== undefined && (value < min || (isMinExcluded && value === min))) {
    return isMinExcluded ? `Must be above ${min}.` : `Must be ${min} or more.`;
  }
  return max !== undefined && value > max ? `Must be ${max} or less.` : undefined;
}

function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function readPath(value: unknown, path: readonly string[]): Schema {
  let current: unknown = value;
  for (const name of path) current = isJsonObject(current) ? current[name] : undefined;
  return isJsonObject(current) ? current : {};
}
