import type { CompileRun } from './compile-run.ts';
import { isArray, isObject, type JsonObject, type JsonValue, jsonTypes } from './json.ts';
import type { SchemaNode } from './schema-document.ts';

/** Keywords of ours, under names that no draft will take. */
export const refusedValuesKeyword = '\u0000refusedValues';
export const refusedPatternKeyword = '\u0000refusedPattern';

const annotations = new Set([
  ...['title', 'description', 'default', 'examples', 'example', '$comment', '$schema', '$id', 'id'],
  ...['$defs', 'definitions', 'deprecated', 'readOnly', 'writeOnly', '$anchor'],
]);

/**
 * The opposite of a schema, as schemas of which one must hold. undefined: a keyword's opposite is not something
 * that a grammar can say.
 */
export function negate(run: CompileRun, node: SchemaNode): SchemaNode[] | undefined {
  run.spend(1);
  if (typeof node.schema === 'boolean') return node.schema ? [] : [toNode(run, node, 'anything', {})];
  const reference = node.schema['$ref'];
  if (typeof reference === 'string') {
    const target = run.document.resolve(node, reference);
    // A reference to itself has no opposite.
    return target.id === node.id || isObject(target.schema) === false || '$ref' in target.schema
      ? undefined
      : negate(run, target);
  }
  const parts: JsonObject[] = [];
  for (const [keyword, value] of Object.entries(node.schema)) {
    if (annotations.has(keyword) || value === undefined) continue;
    const opposite = negateKeyword(keyword, value, node.schema);
    if (opposite === undefined) return undefined;
    parts.push(...opposite);
  }
  return parts.map((part, index) => toNode(run, node, `not ${index}`, part));
}

function toNode(run: CompileRun, node: SchemaNode, reason: string, schema: JsonObject): SchemaNode {
  return run.document.derive(node, reason, () => schema);
}

/** Each part holds only for values of the type that the keyword speaks of: all others satisfy the keyword. */
function negateKeyword(keyword: string, value: JsonValue, schema: JsonObject): JsonObject[] | undefined {
  switch (keyword) {
    case 'type':
      return negateType(value);
    case 'enum':
      return isArray(value) ? [{ [refusedValuesKeyword]: value }] : undefined;
    case 'const':
      return [{ [refusedValuesKeyword]: [value] }];
    case 'allOf':
      return isArray(value) ? value.map((part) => ({ not: part })) : undefined;
    case 'anyOf':
      return isArray(value) ? [{ allOf: value.map((part) => ({ not: part })) }] : undefined;
    case 'oneOf':
      return isArray(value) && value.length === 1 ? [{ not: value[0] }] : undefined;
    case 'not':
      return isObject(value) ? [value] : undefined;
    case 'pattern':
      return [{ type: 'string', [refusedPatternKeyword]: value }];
    case 'required':
      return isArray(value)
        ? value.flatMap((name) =>
            typeof name === 'string' ? [{ type: 'object', properties: { [name]: false } }] : [],
          )
        : undefined;
    case 'properties':
      return isObject(value)
        ? Object.entries(value).map(([name, property]) => ({
            type: 'object',
            required: [name],
            properties: { [name]: { not: property } },
          }))
        : undefined;
    default:
      return typeof value === 'number' ? negateBound(keyword, value, schema) : undefined;
  }
}

function negateType(value: JsonValue): JsonObject[] | undefined {
  const types = isArray(value) ? value : [value];
  // Numbers that are no integers have no name, and what a name means that no draft knows is the validator's to say.
  if (!types.every((type) => jsonTypes.some((known) => known === type))) return undefined;
  const others = jsonTypes.filter((type) => !types.includes(type));
  return others.length === 0 ? [] : [{ type: others }];
}

function negateBound(keyword: string, value: number, schema: JsonObject): JsonObject[] | undefined {
  switch (keyword) {
    case 'minimum':
      return schema['exclusiveMinimum'] === true ? undefined : [{ type: 'number', exclusiveMaximum: value }];
    case 'maximum':
      return schema['exclusiveMaximum'] === true ? undefined : [{ type: 'number', exclusiveMinimum: value }];
    case 'exclusiveMinimum':
      return [{ type: 'number', maximum: value }];
    case 'exclusiveMaximum':
      return [{ type: 'number', minimum: value }];
    case 'minLength':
      return value <= 0 ? [] : [{ type: 'string', maxLength: value - 1 }];
    case 'maxLength':
      return [{ type: 'string', minLength: value + 1 }];
    case 'minItems':
      return value <= 0 ? [] : [{ type: 'array', maxItems: value - 1 }];
    case 'maxItems':
      return [{ type: 'array', minItems: value + 1 }];
    case 'minProperties':
      return value <= 0 ? [] : [{ type: 'object', maxProperties: value - 1 }];
    case 'maxProperties':
      return [{ type: 'object', minProperties: value + 1 }];
    default:
      return undefined;
  }
}
