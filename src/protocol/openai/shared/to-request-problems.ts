import { z } from 'zod';
import { ExactNumber } from '../../../json/exact-number.ts';
import { quoteInput, type RequestErrorCode, type RequestProblem } from './error.ts';
import { isJsonObject } from './json-object.ts';

type Issue = z.core.$ZodIssue;
type SizeIssue = z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall;
type Path = readonly PropertyKey[];
type Side = 'above' | 'below';

/** The input of zod, to look up the path of an issue in the input and the schema. */
export interface ParsedInput {
  readonly schema: z.ZodType;
  readonly input: unknown;
  /** Where the input stands in the body: empty for the body itself, or such as `messages[3]`. */
  readonly at: string;
}

/** zod's issues in OpenAI's codes and sentences; one problem for each path, in zod's order. */
export function toRequestProblems(issues: readonly Issue[], parsed: ParsedInput): RequestProblem[] {
  const problems = new Map<string, RequestProblem>();
  for (const issue of issues) {
    const problem = toProblem(issue, [], parsed);
    const param = problem.param ?? '';
    if (!problems.has(param)) problems.set(param, problem);
  }
  return [...problems.values()];
}

function toProblem(issue: Issue, outerPath: Path, parsed: ParsedInput): RequestProblem {
  const path = [...outerPath, ...issue.path];
  const param = toParam(parsed.at, path);
  const value = valueAt(parsed.input, path);
  if (value === undefined) {
    return problem('missing_required_parameter', param, `Missing required parameter: '${param}'.`);
  }
  switch (issue.code) {
    case 'invalid_type':
      // JSON has no Infinity, but parsers read 1e400 as it: a number that is too large, not one of another type.
      if (typeof value === 'number' && issue.expected === 'number' && !Number.isNaN(value)) {
        return toBoundProblem(
          numberSchemaAt(parsed.schema, path),
          value > 0 ? 'above' : 'below',
          param,
          value,
        );
      }
      return toTypeProblem([expectedAt(issue.expected, parsed.schema, path)], param, value);
    case 'too_big':
    case 'too_small':
      return toSizeProblem(issue, param, value, numberSchemaAt(parsed.schema, path));
    case 'invalid_union':
      if ('options' in issue) return toChoiceProblem(issue.options ?? [], param, value);
      return toUnionProblem(issue.errors, path, parsed);
    case 'invalid_value':
      return toChoiceProblem(issue.values, param, value);
    case 'unrecognized_keys':
      return toUnknownProblem(issue.keys, param);
    case 'invalid_format':
      return problem('invalid_value', param, `Invalid '${param}': ${describeFormat(issue)}`);
    case 'custom':
      return toTypeProblem([String(issue.params?.['expected'])], param, value);
    default:
      return problem('invalid_value', param, `Invalid value for '${param}'.`);
  }
}

/** Characters of a name that is not known that `param` has at most. */
const unknownNameCharactersMax = 64;

function toUnknownProblem([key = '']: readonly string[], param: string): RequestProblem {
  const name = key.slice(0, unknownNameCharactersMax).replace(/[^\w.[\]-]/g, '_');
  const at = param === '' ? name : `${param}.${name}`;
  return problem('unsupported_parameter', at, `Unknown parameter: ${quoteInput(at)}.`);
}

/** A sentence of the schema's own says more than a pattern does. */
function describeFormat(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if (issue.message.startsWith('Expected ')) return `wrong form. ${issue.message}`;
  return `string does not match pattern. Expected a string that matches the pattern '${issue.pattern ?? issue.format}'.`;
}

/** Report the branch whose type matches the input: for a string, don't report problems of list elements. */
function toUnionProblem(branches: readonly Issue[][], path: Path, parsed: ParsedInput): RequestProblem {
  const fitting = branches.find((issues) => issues.every((issue) => !isRootTypeIssue(issue)));
  const first = fitting?.[0];
  if (first !== undefined) return toProblem(first, path, parsed);
  const expected = branches
    .flat()
    .flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  return toTypeProblem(expected, toParam(parsed.at, path), valueAt(parsed.input, path));
}

function isRootTypeIssue(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

const expectedTypeNames: Readonly<Record<string, string>> = {
  int: 'an integer',
  number: 'a decimal',
  string: 'a string',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
};

function toTypeProblem(expected: readonly string[], param: string, value: unknown): RequestProblem {
  const names = [...new Set(expected)].map((type) => expectedTypeNames[type] ?? type);
  const wanted = names.length > 1 ? `one of ${names.join(' or ')}` : names.join();
  return problem(
    'invalid_type',
    param,
    `Invalid type for '${param}': expected ${wanted}, but got ${describeType(value)} instead.`,
  );
}

function toChoiceProblem(
  choices: readonly z.core.util.Primitive[],
  param: string,
  value: unknown,
): RequestProblem {
  if (typeof value !== 'string') return toTypeProblem(['string'], param, value);
  const supported = choices.map((choice) => `'${String(choice)}'`).join(', ');
  return problem(
    'unsupported_value',
    param,
    `Unsupported value for '${param}': ${quoteInput(value)}. Supported values are: ${supported}.`,
  );
}

function toSizeProblem(
  issue: SizeIssue,
  param: string,
  value: unknown,
  schema: z.ZodNumber | undefined,
): RequestProblem {
  const side = issue.code === 'too_big' ? 'above' : 'below';
  const bound = Number(issue.code === 'too_big' ? issue.maximum : issue.minimum);
  if (typeof value === 'string') return toLengthProblem('string', side, param, bound, value.length);
  if (Array.isArray(value)) return toLengthProblem('array', side, param, bound, value.length);
  return toBoundProblem(schema, side, param, value, issue.inclusive);
}

/** Use the bound from the schema. zod may report the bound of safe integers first, and none for Infinity. */
function toBoundProblem(
  schema: z.ZodNumber | undefined,
  side: Side,
  param: string,
  value: unknown,
  isInclusive = true,
): RequestProblem {
  const above = side === 'above';
  const kind = schema?.isInt ? 'integer' : 'decimal';
  const bound = above
    ? Math.min(schema?.maxValue ?? Infinity, Number.MAX_VALUE)
    : Math.max(schema?.minValue ?? -Infinity, -Number.MAX_VALUE);
  return problem(
    above ? `${kind}_above_max_value` : `${kind}_below_min_value`,
    param,
    `Invalid '${param}': ${kind} ${above ? 'above maximum' : 'below minimum'} value. Expected a value ${above ? '<' : '>'}${isInclusive ? '=' : ''} ${bound}, but got ${String(value)} instead.`,
  );
}

function toLengthProblem(
  kind: 'string' | 'array',
  side: Side,
  param: string,
  bound: number,
  length: number,
): RequestProblem {
  const above = side === 'above';
  const fault = above ? 'too long' : 'too short';
  const article = kind === 'array' ? 'an array' : 'a string';
  if (length === 0) {
    return problem(
      `empty_${kind}`,
      param,
      `Invalid '${param}': empty ${kind}. Expected ${article} with minimum length ${bound}, but got an empty ${kind} instead.`,
    );
  }
  return problem(
    above ? `${kind}_above_max_length` : `${kind}_below_min_length`,
    param,
    `Invalid '${param}': ${kind} ${fault}. Expected ${article} with ${above ? 'maximum' : 'minimum'} length ${bound}, but got ${article} with length ${length} instead.`,
  );
}

function problem(code: RequestErrorCode, param: string, message: string): RequestProblem {
  return { code, param: param === '' ? null : param, message };
}

/** Type of a JSON value with its article; null is named, because clients often send it without meaning to. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return String(value);
    return Number.isInteger(value) ? 'an integer' : 'a decimal';
  }
  if (value instanceof ExactNumber) return value.isInteger ? 'an integer beyond 2^53' : 'a decimal';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Only the schema's own names and indices: text from the input never gets into a path. */
function toParam(at: string, path: Path): string {
  let param = at;
  for (const segment of path) {
    if (typeof segment === 'number') param += `[${segment}]`;
    else param += param === '' ? String(segment) : `.${String(segment)}`;
  }
  return param;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const segment of path) {
    if (Array.isArray(value)) value = value[Number(segment)];
    else if (isJsonObject(value) && Object.hasOwn(value, segment)) value = value[String(segment)];
    else return undefined;
  }
  return value;
}

/** zod expects a `number` of an integer too when it gets a string. */
function expectedAt(expected: string, schema: z.ZodType, path: Path): string {
  return expected === 'number' && numberSchemaAt(schema, path)?.isInt ? 'int' : expected;
}

/** zod's issues do not say whether a number must be an integer; only the schema knows. Not through unions. */
function numberSchemaAt(schema: z.ZodType, path: Path): z.ZodNumber | undefined {
  let found: unknown = schema;
  for (const segment of path) {
    while (found instanceof z.ZodOptional || found instanceof z.ZodNullable) found = found.unwrap();
    if (found instanceof z.ZodArray) found = found.element;
    else if (found instanceof z.ZodObject) found = found.shape[String(segment)];
    else return undefined;
  }
  while (found instanceof z.ZodOptional || found instanceof z.ZodNullable) found = found.unwrap();
  return found instanceof z.ZodNumber ? found : undefined;
}
