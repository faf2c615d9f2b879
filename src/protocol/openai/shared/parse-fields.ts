import type { z } from 'zod';
import { findUnknownFields } from '../chat/find-ignored-parameters.ts';
import { findMovedParameters, type MovedParameters } from '../chat/moved-parameters.ts';
import { findUnsupportedParameters, type NeutralValues } from '../chat/unsupported-parameters.ts';
import { RequestError, type RequestProblem } from './error.ts';
import { isIdleHint } from './hint-fields.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { describeType, toRequestProblems } from './to-request-problems.ts';

export interface ParsedFields<Fields> {
  readonly fields: Fields;
  /** Accepted fields that change nothing: at most 20 names of 64 characters, safe in a header. */
  readonly ignoredParameters: readonly string[];
}

export interface ParseFieldsOptions<Fields> {
  /** Refuse fields that would be ignored. */
  readonly strict: boolean;
  /** Known parameters that can't be honoured, with the values that change nothing. */
  readonly later?: NeutralValues;
  /** Names that the same has in another endpoint. */
  readonly moved?: MovedParameters;
  /** Accepted, and there is nothing here that they could change. */
  readonly idle?: readonly string[];
  /** Problems that the schema does not detect. */
  readonly findProblems?: (fields: Fields) => readonly (RequestProblem | undefined)[];
}

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseFields<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  body: unknown,
  options: ParseFieldsOptions<z.infer<z.ZodObject<Shape>>>,
): ParsedFields<z.infer<z.ZodObject<Shape>>> {
  const { strict, later = {}, moved = {}, idle = [], findProblems = () => [] } = options;
  assertJsonObject(body);
  const { data, error } = schema.safeParse(body);
  const issues = error === undefined ? [] : toRequestProblems(error.issues, { schema, input: body, at: '' });
  const found = data === undefined ? [] : findProblems(data);
  throwProblems([
    ...issues,
    ...found.flatMap((problem) => problem ?? []),
    ...findUnsupportedParameters(body, later),
    ...findMovedParameters(body, moved),
  ]);
  // Only the compiler needs this line: every issue of zod has become a problem above.
  if (data === undefined) throw error;
  const isKnown = (name: string) =>
    (Object.hasOwn(schema.shape, name) &&
      !(idle.includes(name) && body[name] !== null) &&
      !isIdleHint(name, body[name])) ||
    Object.hasOwn(later, name);
  const ignoredParameters = findUnknownFields(body, isKnown);
  if (strict) throwProblems(ignoredParameters.map(toStrictProblem));
  return { fields: data, ignoredParameters };
}

/** @throws {RequestError} `invalid_type`. */
export function assertJsonObject(body: unknown): asserts body is JsonObject {
  if (isJsonObject(body)) return;
  const message = `The request body must be a JSON object, but it is ${describeType(body)}.`;
  throw new RequestError([{ code: 'invalid_type', param: null, message }]);
}

export function throwProblems([first, ...others]: readonly RequestProblem[]): void {
  if (first !== undefined) throw new RequestError([first, ...others]);
}

export function toStrictProblem(name: string): RequestProblem {
  return {
    code: 'unsupported_parameter',
    param: name,
    message: `Unsupported parameter: '${name}' would be ignored, and the request requires strict compatibility.`,
  };
}
