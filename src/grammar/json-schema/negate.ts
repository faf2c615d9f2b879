import { isArray, isObject, type JsonObject, type JsonValue, jsonTypes } from '../../json/json-value.ts';
import { isFormatAsserted, toFormatLikePattern } from '../regular-expression/format-like-patterns.ts';
import type { CompileRun } from './compile-run.ts';
import {
  refusedFormatKeyword,
  refusedIntegersKeyword,
  refusedMultipleKeyword,
  refusedPatternKeyword,
  refusedValuesKeyword,
} from './refusal-keywords.ts';
import type { SchemaNode } from './schema-document.ts';

const annotations = new Set([
  ...['title', 'description', 'default', 'examples', 'example', '$comment', '$schema', '$id', 'id'],
  ...['$defs', 'definitions', 'deprecated', 'readOnly', 'writeOnly', '$anchor'],
  // Read with the keywords that they belong to.
  ...['nullable', 'then', 'else', 'minContains', 'maxContains'],
]);

/** References that are followed, one leading to the next. */
const referencesMax = 8;

export interface NegateOptions {
  /** Leaves out what a schema says of undeclared members: the opposite is then less than it could be, and still sound. */
  readonly withoutAdditional?: boolean;
}

/**
 * The opposite of a schema, as schemas of which one must hold. undefined: a keyword's opposite is not something
 * that a grammar can say.
 */
export function negate(
  run: CompileRun,
  node: SchemaNode,
  options: NegateOptions = {},
  references = referencesMax,
): SchemaNode[] | undefined {
  run.spend(1);
  const { schema } = node;
  const toNode = (part: JsonObject, index: number) => {
    const reason = `not ${index}${options.withoutAdditional === true ? ' of declared' : ''}`;
    return run.document.derive(node, reason, () => part);
  };
  if (typeof schema === 'boolean') return schema ? [] : [toNode({}, 0)];
  const referred: SchemaNode[] = [];
  if (typeof schema['$ref'] === 'string') {
    const target = run.document.resolve(node, schema['$ref']);
    // A reference to itself has no opposite.
    const opposite = references === 0 ? undefined : negate(run, target, options, references - 1);
    if (opposite === undefined || run.document.dialect.ignoresRefSiblings) return opposite;
    referred.push(...opposite);
  }
  const parts: JsonObject[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const isSilent = annotations.has(keyword) || keyword === '$ref' || value === undefined;
    if (isSilent || (options.withoutAdditional === true && additionalKeywords.has(keyword))) continue;
    const opposite = negateKeyword(keyword, value, schema);
    if (opposite === undefined) return undefined;
    parts.push(...opposite);
  }
  return [...referred, ...parts.map(toNode)];
}

/** A grammar can't express the opposite of this. */
const unsayable = new Set([
  ...['patternProperties', 'propertyNames', 'dependencies', 'dependentSchemas', 'additionalItems'],
  ...['unevaluatedItems', '$dynamicRef', '$recursiveRef'],
]);

const additionalKeywords = new Set(['additionalProperties', 'unevaluatedProperties']);

/** Each part applies only to values of the keyword's type, because all other values satisfy the keyword. */
function negateKeyword(keyword: string, value: JsonValue, schema: JsonObject): JsonObject[] | undefined {
  switch (keyword) {
    case 'type':
      return negateType(value, schema['nullable'] === true);
    case 'enum':
      return isArray(value) ? [refuseValues(value)] : undefined;
    case 'const':
      return [refuseValues([value])];
    case 'pattern':
      return [{ type: 'string', [refusedPatternKeyword]: value }];
    case 'format':
      return negateFormat(value);
    case 'multipleOf':
      return typeof value === 'number' ? [{ type: 'number', [refusedMultipleKeyword]: value }] : undefined;
    case 'required':
    case 'properties':
    case 'dependentRequired':
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return negateMembers(keyword, value);
    case 'items':
    case 'prefixItems':
    case 'contains':
    case 'uniqueItems':
      return negateItems(keyword, value, schema);
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
    case 'not':
    case 'if':
      return negateApplicator(keyword, value, schema);
    default:
      if (unsayable.has(keyword)) return undefined;
      return negateBound(keyword, value, schema);
  }
}

/** Empty arrays and objects are refused by a minimum count. A grammar can't exclude other complete ones. */
function refuseValues(values: readonly JsonValue[]): JsonObject {
  const emptyArrays = values.filter((value) => isArray(value) && value.length === 0);
  const emptyObjects = values.filter((value) => isObject(value) && Object.keys(value).length === 0);
  const others = values.filter((value) => !emptyArrays.includes(value) && !emptyObjects.includes(value));
  return {
    [refusedValuesKeyword]: others,
    ...(emptyArrays.length > 0 ? { minItems: 1 } : {}),
    ...(emptyObjects.length > 0 ? { minProperties: 1 } : {}),
  };
}

function negateType(value: JsonValue, isNullable: boolean): JsonObject[] | undefined {
  const types = [...(isArray(value) ? value : [value]), ...(isNullable ? ['null'] : [])];
  // Only the validator interprets unknown names.
  const isKnown = (type: JsonValue) => type === 'integer' || jsonTypes.some((known) => known === type);
  if (!types.every(isKnown)) return undefined;
  const isOfIntegers = types.includes('integer') && !types.includes('number');
  const others = jsonTypes.filter((type) => !types.includes(type) && !(isOfIntegers && type === 'number'));
  return [
    ...(others.length === 0 ? [] : [{ type: others }]),
    ...(isOfIntegers ? [{ type: 'number', [refusedIntegersKeyword]: true }] : []),
  ];
}

/** Every text has a format that is not checked. */
function negateFormat(value: JsonValue): JsonObject[] | undefined {
  if (typeof value !== 'string' || !isFormatAsserted(value)) return [];
  const isReported = toFormatLikePattern(value) !== undefined;
  return isReported ? [{ type: 'string', [refusedFormatKeyword]: value }] : undefined;
}

function negateMembers(keyword: string, value: JsonValue): JsonObject[] | undefined {
  if (keyword === 'required') {
    return isArray(value)
      ? value.flatMap((name) => (typeof name === 'string' ? [without(name)] : []))
      : undefined;
  }
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    return isAlways(value) ? [] : undefined;
  }
  if (!isObject(value)) return undefined;
  if (keyword === 'properties') {
    return Object.entries(value).map(([name, property]) => ({
      type: 'object',
      required: [name],
      properties: { [name]: { not: property } },
    }));
  }
  return Object.entries(value).flatMap(([name, names]) =>
    (isArray(names) ? names : []).flatMap((needed) =>
      typeof needed === 'string' ? [{ ...without(needed), required: [name] }] : [],
    ),
  );
}

function without(name: string): JsonObject {
  return { type: 'object', properties: { [name]: false } };
}

function isAlways(value: JsonValue): boolean {
  return value === true || (isObject(value) && Object.keys(value).length === 0);
}

function negateItems(keyword: string, value: JsonValue, schema: JsonObject): JsonObject[] | undefined {
  const isCounted = schema['minContains'] !== undefined || schema['maxContains'] !== undefined;
  if (keyword === 'uniqueItems') return value === true ? undefined : [];
  if (keyword === 'contains') return isCounted ? undefined : [{ type: 'array', items: { not: value } }];
  if (isArray(value)) {
    return value.map((item, place) => ({
      type: 'array',
      minItems: place + 1,
      prefixItems: [...value.slice(0, place).map(() => true), { not: item }],
    }));
  }
  const isBesidePlaces = schema['prefixItems'] !== undefined;
  return isBesidePlaces && !isAlways(value)
    ? undefined
    : isAlways(value)
      ? []
      : [{ type: 'array', contains: { not: value } }];
}

/** Alternatives of a `oneOf` whose pairs are few enough. */
const pairedMax = 4;

function negateApplicator(keyword: string, value: JsonValue, schema: JsonObject): JsonObject[] | undefined {
  if (keyword === 'if') return negateCondition(value, schema);
  if (keyword === 'not')
    return typeof value === 'boolean' ? (value ? [{}] : []) : isObject(value) ? [value] : undefined;
  if (!isArray(value)) return undefined;
  const opposites = value.map((part) => ({ not: part }));
  if (keyword === 'allOf') return opposites;
  if (keyword === 'anyOf') return [{ allOf: opposites }];
  if (value.length > pairedMax) return undefined;
  const pairs = value.flatMap((one, index) =>
    value.slice(index + 1).map((other) => ({ allOf: [one, other] })),
  );
  return [{ allOf: opposites }, ...pairs];
}

function negateCondition(condition: JsonValue, { then, else: otherwise }: JsonObject): JsonObject[] {
  return [
    ...(then === undefined ? [] : [{ allOf: [condition, { not: then }] }]),
    ...(otherwise === undefined ? [] : [{ allOf: [{ not: condition }, { not: otherwise }] }]),
  ];
}

/** Another keyword is one of no draft, which says nothing. */
function negateBound(keyword: string, value: JsonValue, schema: JsonObject): JsonObject[] | undefined {
  if (!bounds.has(keyword)) return [];
  // In draft 4 a boolean modifier of `minimum` or `maximum`, which is read there.
  if (typeof value === 'boolean' && keyword.startsWith('exclusive')) return [];
  return typeof value === 'number' ? negateNumber(keyword, value, schema) : undefined;
}

const bounds = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);

function negateNumber(keyword: string, value: number, schema: JsonObject): JsonObject[] | undefined {
  switch (keyword) {
    case 'minimum':
      return [
        { type: 'number', [schema['exclusiveMinimum'] === true ? 'maximum' : 'exclusiveMaximum']: value },
      ];
    case 'maximum':
      return [
        { type: 'number', [schema['exclusiveMaximum'] === true ? 'minimum' : 'exclusiveMinimum']: value },
      ];
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
