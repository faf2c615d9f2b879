import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/json-value.ts';
import type { CompiledGrammar } from '../compiled-grammar.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import type { ToolParameter, ToolParameterKind } from './tool-parameter.ts';

export interface ListedToolParameters {
  readonly parameters: readonly ToolParameter[];
  /** Paths of keywords that a list of parameters can't hold; a validator must look at the finished arguments. */
  readonly checkedAfterwards: readonly string[];
}

/** Keywords that a list of parameters expresses completely. Other keywords concern several parameters. */
const listedKeywords = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'strict'],
  ...['$schema', '$id', 'id', '$defs', 'definitions', '$comment'],
  ...['title', 'description', 'examples', 'default', 'deprecated'],
]);
/** The targets of references inside of a parameter. */
const sharedKeywords = ['$schema', '$defs', 'definitions'] as const;
const referencesMax = 20;

/**
 * Takes a tool's schema apart. Parameters that are not declared are left out, and what no declared parameter says is
 * listed in `checkedAfterwards`.
 *
 * `compile` makes the grammar of one parameter; what it throws passes through. Throws `UnsupportedSchemaError` for a
 * schema that is not an object's.
 */
export function listToolParameters(
  schema: unknown,
  compile: (schema: unknown) => CompiledGrammar,
): ListedToolParameters {
  const root = findObjectSchema(schema);
  const required = new Set(isArray(root['required']) ? root['required'] : []);
  const shared = Object.fromEntries(
    sharedKeywords.flatMap((keyword) =>
      isObject(schema) && schema[keyword] !== undefined ? [[keyword, schema[keyword]]] : [],
    ),
  );
  const checkedAfterwards = Object.keys(root).filter((keyword) => !listedKeywords.has(keyword));
  const properties = isObject(root['properties']) ? root['properties'] : {};
  const parameters = Object.entries(properties).map(([name, property = true]): ToolParameter => {
    const own = isObject(property) ? { ...shared, ...property } : property;
    const compiled = compile(own);
    checkedAfterwards.push(...compiled.checkedAfterwards.map(({ path }) => `properties.${name}.${path}`));
    const texts = listTexts(property);
    return {
      name,
      isRequired: required.has(name),
      kind: findKind(property),
      ...(texts === undefined ? {} : { texts }),
      schema: own,
      grammar: compiled.gbnf,
    };
  });
  const declared = new Set(parameters.map(({ name }) => name));
  for (const name of required) {
    if (!declared.has(String(name))) checkedAfterwards.push('required');
  }
  return { parameters, checkedAfterwards };
}

/** A schema whose root only leads to a definition is that definition. */
function findObjectSchema(schema: unknown): JsonObject {
  let found = schema;
  for (let count = 0; count < referencesMax; count++) {
    if (found === true || found === undefined) return {};
    if (!isObject(found)) break;
    const reference = found['$ref'];
    if (typeof reference !== 'string') {
      const { type } = found;
      if (type !== undefined && type !== 'object' && !(isArray(type) && type.includes('object'))) break;
      return found;
    }
    found = resolve(schema, reference);
  }
  throw new UnsupportedSchemaError('', "A tool's parameters must be an object.");
}

function resolve(schema: unknown, reference: string): unknown {
  const names = reference.split('/').slice(1);
  if (!reference.startsWith('#/')) return undefined;
  return names.reduce<unknown>((value, name) => {
    const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
    return isObject(value) ? value[key] : undefined;
  }, schema);
}

/** Keywords that do not say which strings a schema has. */
const annotations = new Set([
  'type',
  'enum',
  'const',
  'title',
  'description',
  'default',
  'examples',
  'nullable',
]);

function listTexts(property: JsonValue): readonly string[] | undefined {
  if (!isObject(property)) return undefined;
  const values = property['const'] === undefined ? property['enum'] : [property['const']];
  if (!isArray(values)) return undefined;
  return values.every((value): value is string => typeof value === 'string') ? values : undefined;
}

function findKind(property: JsonValue): ToolParameterKind {
  if (!isObject(property)) return 'mixed';
  const { type } = property;
  const isPlain = Object.keys(property).every(
    (keyword) => annotations.has(keyword) || keyword.startsWith('x-'),
  );
  const values = property['enum'] ?? property['const'];
  if (isPlain && property['nullable'] !== true && (type === 'string' || type === undefined)) {
    const texts = listTexts(property);
    if (texts !== undefined || (type === 'string' && values === undefined)) return 'text';
  }
  const types = isArray(type) ? type : [type];
  return types.every((one) => typeof one === 'string' && one !== 'string') ? 'value' : 'mixed';
}
