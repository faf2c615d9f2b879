import { isObject } from '../../json/json-value.ts';

/** With these keywords, an object without property names has rules instead of a parameter list. */
const annotations = new Set([
  ...['type', 'properties', 'required', 'strict', 'title', 'description', 'examples', 'example', 'default'],
  ...['$schema', '$id', 'id', '$defs', 'definitions', '$comment', '$anchor', 'deprecated', 'nullable'],
  ...['readOnly', 'writeOnly'],
]);

/** The arguments of a tool of which nothing is known: any object. */
export const anyArguments = { type: 'object', additionalProperties: true } as const;

const noArguments = { type: 'object', additionalProperties: false } as const;

/**
 * The schema of a tool's arguments. As with OpenAI, a tool that names no parameters has the empty list of them: its
 * arguments are `{}`. That is said by absent parameters, by `{}` and by an object without properties.
 */
export function toArgumentsSchema(parameters: unknown): unknown {
  return namesNoParameters(parameters ?? {}) ? noArguments : parameters;
}

/** Whether it names no parameter and lets in any. */
export function takesAnyParameters(parameters: unknown): boolean {
  if (!isObject(parameters)) return parameters === true;
  const { additionalProperties, ...others } = parameters;
  const isAny =
    additionalProperties === true ||
    (isObject(additionalProperties) && Object.keys(additionalProperties).length === 0);
  return isAny && namesNoParameters(others);
}

function namesNoParameters(parameters: unknown): boolean {
  if (!isObject(parameters)) return false;
  const { type, properties, required, additionalProperties } = parameters;
  const isOfObjects =
    type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
  return (
    isOfObjects &&
    isEmpty(properties) &&
    isEmpty(required) &&
    (additionalProperties === undefined || additionalProperties === false) &&
    Object.keys(parameters).every(
      (keyword) => annotations.has(keyword) || keyword === 'additionalProperties' || keyword.startsWith('x-'),
    )
  );
}

function isEmpty(list: unknown): boolean {
  if (list === undefined || list === null) return true;
  return typeof list === 'object' && Object.keys(list).length === 0;
}
