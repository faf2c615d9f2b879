import { compareNumbers, type JsonNumber } from '../../json/exact-number.ts';
import {
  isArray,
  isNumber,
  isObject,
  type JsonObject,
  type JsonType,
  type JsonValue,
  jsonTypes,
  toValueKey,
} from '../../json/json-value.ts';
import type { CompileRun } from './compile-run.ts';
import type { ArrayGroup, Bound, ContainsFact, Facts, ObjectGroup } from './facts.ts';
import {
  refusedFormatKeyword,
  refusedIntegersKeyword,
  refusedMultipleKeyword,
  refusedPatternKeyword,
  refusedValuesKeyword,
} from './refusal-keywords.ts';
import { join, type SchemaNode } from './schema-document.ts';

/**
 * Adds the constraints of a schema's keywords to `facts`, except keywords that apply other schemas to the
 * same value.
 */
export function applyKeywords(run: CompileRun, facts: Facts, node: SchemaNode, schema: JsonObject): void {
  applyTypes(facts, schema);
  applyValues(facts, node, schema);
  applyNumber(facts, node, schema);
  applyString(facts, node, schema);
  applyArray(run, facts, node, schema);
  applyObject(run, facts, node, schema);
  for (const keyword of ['$dynamicRef', '$recursiveRef']) {
    if (schema[keyword] !== undefined) {
      run.note(join(node.path, [keyword]), 'where it leads depends on the way that led there');
    }
  }
}

function applyTypes(facts: Facts, schema: JsonObject): void {
  const type = schema['type'];
  if (typeof type !== 'string' && !isArray(type)) return;
  const names: JsonValue[] = isArray(type) ? [...type] : [type];
  // Draft 3's word for no restriction; and a schema in place of a type, which only draft 3 knew, restricts nothing.
  if (names.some((name) => name === 'any' || typeof name !== 'string')) return;
  if (schema['nullable'] === true) names.push('null');
  if (names.includes('integer') && !names.includes('number')) {
    facts.number.isInteger = true;
    names.push('number');
  }
  const known = new Set(names.filter((name): name is JsonType => jsonTypes.includes(name as JsonType)));
  facts.types = new Set([...facts.types].filter((name) => known.has(name)));
}

function applyValues(facts: Facts, node: SchemaNode, schema: JsonObject): void {
  if (isArray(schema['enum'])) restrictValues(facts, schema['enum'], join(node.path, ['enum']));
  if (schema['const'] !== undefined) restrictValues(facts, [schema['const']], join(node.path, ['const']));
  const refused = schema[refusedValuesKeyword];
  if (isArray(refused)) {
    const located = refused.map((value) => ({ value, path: node.path }));
    facts.refusedValues = [...facts.refusedValues, ...located];
  }
}

function restrictValues(facts: Facts, values: readonly JsonValue[], path: string): void {
  facts.valuesPath = path;
  if (facts.values === undefined) {
    facts.values = values;
    return;
  }
  const keys = new Set(values.map(toValueKey));
  facts.values = facts.values.filter((value) => keys.has(toValueKey(value)));
}

function applyNumber(facts: Facts, node: SchemaNode, schema: JsonObject): void {
  const { number } = facts;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const toBound = (keyword: string, value: JsonNumber, isExclusive: boolean): Bound => {
    return { value, isExclusive, path: join(node.path, [keyword]) };
  };
  if (isNumber(minimum)) {
    number.lower = higher(number.lower, toBound('minimum', minimum, exclusiveMinimum === true));
  }
  if (isNumber(maximum)) {
    number.upper = lower(number.upper, toBound('maximum', maximum, exclusiveMaximum === true));
  }
  if (isNumber(exclusiveMinimum)) {
    number.lower = higher(number.lower, toBound('exclusiveMinimum', exclusiveMinimum, true));
  }
  if (isNumber(exclusiveMaximum)) {
    number.upper = lower(number.upper, toBound('exclusiveMaximum', exclusiveMaximum, true));
  }
  if (isNumber(multipleOf) && compareNumbers(multipleOf, 0) > 0) {
    number.multiples = [...number.multiples, { value: multipleOf, path: join(node.path, ['multipleOf']) }];
  }
  if (schema[refusedIntegersKeyword] === true) number.refusesIntegers = true;
  const refused = schema[refusedMultipleKeyword];
  if (typeof refused === 'number') {
    number.refusedMultiples = [...number.refusedMultiples, { value: refused, path: node.path }];
  }
}

function higher(one: Bound | undefined, other: Bound): Bound {
  const order = one === undefined ? 1 : compareNumbers(other.value, one.value);
  return one === undefined || order > 0 || (order === 0 && other.isExclusive) ? other : one;
}

function lower(one: Bound | undefined, other: Bound): Bound {
  const order = one === undefined ? -1 : compareNumbers(other.value, one.value);
  return one === undefined || order < 0 || (order === 0 && other.isExclusive) ? other : one;
}

/** A count beyond what JavaScript counts is as good as the nearest that it does. */
function toCount(value: unknown): number | undefined {
  if (!isNumber(value)) return undefined;
  return typeof value === 'number' ? value : value.toNumber();
}

function applyString(facts: Facts, node: SchemaNode, schema: JsonObject): void {
  const { string } = facts;
  const { pattern, format } = schema;
  const [minLength, maxLength] = [toCount(schema['minLength']), toCount(schema['maxLength'])];
  if (minLength !== undefined && minLength > string.minLength) {
    string.minLength = Math.ceil(minLength);
    string.lengthPath = join(node.path, ['minLength']);
  }
  if (maxLength !== undefined && maxLength < string.maxLength) {
    string.maxLength = Math.floor(maxLength);
    string.lengthPath = join(node.path, ['maxLength']);
  }
  if (typeof pattern === 'string') {
    const path = join(node.path, ['pattern']);
    string.patterns = [...string.patterns, { value: pattern, path, isRefused: false }];
  }
  const refused = schema[refusedPatternKeyword];
  if (typeof refused === 'string') {
    const path = join(node.path, ['pattern']);
    string.patterns = [...string.patterns, { value: refused, path, isRefused: true }];
  }
  if (typeof format === 'string') {
    const path = join(node.path, ['format']);
    string.formats = [...string.formats, { value: format, path, isRefused: false }];
  }
  const refusedFormat = schema[refusedFormatKeyword];
  if (typeof refusedFormat === 'string') {
    const path = join(node.path, ['format']);
    string.formats = [...string.formats, { value: refusedFormat, path, isRefused: true }];
  }
}

function applyArray(run: CompileRun, facts: Facts, node: SchemaNode, schema: JsonObject): void {
  const { array } = facts;
  const [minItems, maxItems] = [toCount(schema['minItems']), toCount(schema['maxItems'])];
  if (minItems !== undefined && minItems > array.minItems) {
    array.minItems = Math.ceil(minItems);
    array.countPath = join(node.path, ['minItems']);
  }
  if (maxItems !== undefined && maxItems < array.maxItems) {
    array.maxItems = Math.floor(maxItems);
    array.countPath = join(node.path, ['maxItems']);
  }
  if (schema['uniqueItems'] === true) {
    run.note(join(node.path, ['uniqueItems']), 'a grammar does not remember earlier items');
  }
  const group = toArrayGroup(run, node, schema);
  if (group !== undefined) array.groups = [...array.groups, group];
  const contains = toContains(run, node, schema);
  if (contains !== undefined) array.contains = [...array.contains, contains];
}

function toArrayGroup(run: CompileRun, node: SchemaNode, schema: JsonObject): ArrayGroup | undefined {
  const { prefixItems, items } = schema;
  const prefixKeyword = isArray(prefixItems) && prefixItems.length > 0 ? 'prefixItems' : 'items';
  const prefix = schema[prefixKeyword];
  const restKeyword = isArray(items) ? 'additionalItems' : 'items';
  const rest = run.document.child(node, restKeyword) ?? findUnevaluatedItems(run, node, schema);
  const always = run.document.derive(node, 'any item', () => true);
  const places = isArray(prefix) ? prefix : [];
  if (places.length === 0 && rest === undefined) return undefined;
  return { prefix: places.map((_, index) => run.document.child(node, prefixKeyword, index) ?? always), rest };
}

function findUnevaluatedItems(run: CompileRun, node: SchemaNode, schema: JsonObject): SchemaNode | undefined {
  const unevaluated = run.document.child(node, 'unevaluatedItems');
  // If sibling schemas evaluate items, only the validator knows which ones are left.
  if (!hasApplicators(schema) && schema['contains'] === undefined) return unevaluated;
  if (unevaluated !== undefined && unevaluated.schema !== true) {
    run.note(join(node.path, ['unevaluatedItems']), 'it depends on what other schemas declare');
  }
  return undefined;
}

function toContains(run: CompileRun, node: SchemaNode, schema: JsonObject): ContainsFact | undefined {
  const contained = run.document.child(node, 'contains');
  if (contained === undefined) return undefined;
  const [minContains, maxContains] = [toCount(schema['minContains']), toCount(schema['maxContains'])];
  return {
    node: contained,
    min: minContains ?? 1,
    max: maxContains ?? Number.POSITIVE_INFINITY,
    path: join(node.path, ['contains']),
  };
}

function applyObject(run: CompileRun, facts: Facts, node: SchemaNode, schema: JsonObject): void {
  const { object } = facts;
  const { required } = schema;
  const [minProperties, maxProperties] = [toCount(schema['minProperties']), toCount(schema['maxProperties'])];
  if (minProperties !== undefined && minProperties > object.minProperties) {
    object.minProperties = Math.ceil(minProperties);
    object.countPath = join(node.path, ['minProperties']);
  }
  if (maxProperties !== undefined && maxProperties < object.maxProperties) {
    object.maxProperties = Math.floor(maxProperties);
    object.countPath = join(node.path, ['maxProperties']);
  }
  if (isArray(required)) {
    const names = required.filter((name): name is string => typeof name === 'string');
    object.required = [...new Set([...object.required, ...names])];
  }
  const names = run.document.child(node, 'propertyNames');
  if (names !== undefined) object.names = [...object.names, names];
  const group = toObjectGroup(run, node, schema);
  if (group !== undefined) object.groups = [...object.groups, group];
}

function toObjectGroup(run: CompileRun, node: SchemaNode, schema: JsonObject): ObjectGroup | undefined {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const patterns = isObject(schema['patternProperties']) ? schema['patternProperties'] : {};
  const additional = findAdditional(run, node, schema);
  const group: ObjectGroup = {
    properties: new Map(
      Object.keys(properties).flatMap((name) => {
        const property = run.document.child(node, 'properties', name);
        return property === undefined ? [] : [[name, property] as const];
      }),
    ),
    patterns: Object.keys(patterns).flatMap((source) => {
      const value = run.document.child(node, 'patternProperties', source);
      const path = join(node.path, ['patternProperties', source]);
      return value === undefined ? [] : [{ source, node: value, path }];
    }),
    additional,
  };
  run.spend(group.properties.size);
  const isEmpty = group.properties.size === 0 && group.patterns.length === 0 && additional === undefined;
  return isEmpty ? undefined : group;
}

function findAdditional(run: CompileRun, node: SchemaNode, schema: JsonObject): SchemaNode | undefined {
  const additional = run.document.child(node, 'additionalProperties');
  if (additional !== undefined || schema['unevaluatedProperties'] === undefined) return additional;
  const unevaluated = run.document.child(node, 'unevaluatedProperties');
  // If sibling schemas evaluate properties, only the validator knows which ones are left.
  if (!hasApplicators(schema) || unevaluated?.schema === true) return unevaluated;
  run.note(join(node.path, ['unevaluatedProperties']), 'it depends on what other schemas declare');
  return undefined;
}

const applicators = [
  ...['$ref', '$dynamicRef', '$recursiveRef', 'allOf', 'anyOf', 'oneOf', 'if'],
  ...['dependentSchemas', 'dependencies'],
];

function hasApplicators(schema: JsonObject): boolean {
  return applicators.some((keyword) => schema[keyword] !== undefined);
}
