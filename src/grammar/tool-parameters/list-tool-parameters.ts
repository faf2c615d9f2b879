import type { ToolParameter, ToolParameterKind } from '../../backend/tool.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/json-value.ts';
import type { CompiledGrammar, SchemaNote } from '../compiled-grammar.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { decodePointerPart } from '../json-schema/schema-document.ts';

export interface ListedToolParameters {
  readonly parameters: readonly ToolParameter[];
  /** Keywords that a list of parameters can't hold; a validator must look at the finished arguments. */
  readonly checkedAfterwards: readonly SchemaNote[];
}

/** A parameter as its tool's schema declares it. */
export interface DeclaredParameter {
  readonly name: string;
  readonly kind: ToolParameterKind;
  readonly property: JsonValue;
  /** The names that lead to the property from the root of the tool's schema. */
  readonly keys: readonly string[];
}

/** Keywords that a list of parameters expresses completely. Other keywords concern several parameters. */
const listedKeywords = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'strict'],
  ...['$schema', '$id', 'id', '$defs', 'definitions', '$comment'],
  ...['title', 'description', 'examples', 'default', 'deprecated'],
]);
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
  compile: (parameter: DeclaredParameter) => CompiledGrammar,
): ListedToolParameters {
  const { root, keys } = findObjectSchema(schema);
  const required = new Set(isArray(root['required']) ? root['required'] : []);
  const checkedAfterwards = Object.keys(root)
    .filter((keyword) => !listedKeywords.has(keyword))
    .map((path): SchemaNote => ({ path, message: 'It is about more than one parameter.' }));
  const properties = isObject(root['properties']) ? root['properties'] : {};
  const parameters = Object.entries(properties).map(([name, property = true]): ToolParameter => {
    const kind = findKind(property);
    const compiled = compile({ name, kind, property, keys: [...keys, 'properties', name] });
    checkedAfterwards.push(...compiled.checkedAfterwards);
    const texts = listTexts(property);
    const isRequired = required.has(name);
    return { name, isRequired, kind, ...(texts === undefined ? {} : { texts }), gbnf: compiled.gbnf };
  });
  const declared = new Set(parameters.map(({ name }) => name));
  for (const name of required) {
    if (!declared.has(String(name)))
      checkedAfterwards.push({ path: 'required', message: `'${name}' is no declared parameter.` });
  }
  return { parameters, checkedAfterwards };
}

interface ObjectSchema {
  readonly root: JsonObject;
  readonly keys: readonly string[];
}

/** A schema whose root only leads to a definition is that definition. */
function findObjectSchema(schema: unknown): ObjectSchema {
  let found = schema;
  let keys: readonly string[] = [];
  for (let count = 0; count < referencesMax; count++) {
    if (found === true || found === undefined) return { root: {}, keys };
    if (!isObject(found)) break;
    const reference = found['$ref'];
    if (typeof reference !== 'string') {
      const { type } = found;
      if (type !== undefined && type !== 'object' && !(isArray(type) && type.includes('object'))) break;
      return { root: found, keys };
    }
    keys = toKeys(reference);
    found = keys.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), schema);
  }
  throw new UnsupportedSchemaError('', "A tool's parameters must be an object.");
}

/** Of a reference into the document itself; a name that leads nowhere for any other. */
function toKeys(reference: string): readonly string[] {
  if (!reference.startsWith('#/')) return [reference];
  return reference
    .split('/')
    .slice(1)
    .map((part) => decodePointerPart(part));
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
