import { compareNumbers } from '../../json/exact-number.ts';
import { isNumber } from '../../json/json-value.ts';
import { assertedFormats } from './asserted-formats.ts';
import type { SchemaObject } from './schema-dialect.ts';

const typeNames: ReadonlySet<unknown> = new Set([
  ...['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'],
]);

const boundKeywords = ['maximum', 'minimum'];

const countKeywords = [
  ...['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'],
];

/** The keywords without schemas in them, as draft 2020-12 has them. A value that no draft defines is left out. */
export function readAssertions(schema: SchemaObject): Map<string, unknown> {
  const assertions = new Map<string, unknown>();
  addType(assertions, schema);
  addValues(assertions, schema);
  for (const keyword of boundKeywords) {
    if (isNumber(schema[keyword])) {
      assertions.set(keyword, schema[keyword]);
    }
  }
  for (const keyword of countKeywords) {
    const count = toCount(schema[keyword]);
    if (count !== undefined) {
      assertions.set(keyword, count);
    }
  }
  addExclusiveBound(assertions, schema, 'minimum', 'exclusiveMinimum');
  addExclusiveBound(assertions, schema, 'maximum', 'exclusiveMaximum');
  const { multipleOf, uniqueItems, required, format } = schema;
  if (isNumber(multipleOf) && compareNumbers(multipleOf, 0) > 0) {
    assertions.set('multipleOf', multipleOf);
  }
  if (uniqueItems === true) {
    assertions.set('uniqueItems', true);
  }
  if (Array.isArray(required)) {
    const names = new Set(required.filter((name) => typeof name === 'string'));
    if (names.size > 0) {
      assertions.set('required', [...names]);
    }
  }
  if (typeof format === 'string' && Object.hasOwn(assertedFormats, format)) {
    assertions.set('format', format);
  }
  return assertions;
}

/** `nullable` comes from OpenAPI and only extends a sibling `type`. */
function addType(assertions: Map<string, unknown>, { type, nullable }: SchemaObject): void {
  const named = Array.isArray(type) ? type : [type];
  // Draft-03 had `any`, and schemas among the names: such a type says less than its names do.
  const isOpen = named.some((name) => name === 'any' || typeof name === 'object' || name === undefined);
  const known = new Set(named.filter((name) => typeNames.has(name)));
  if (isOpen || known.size === 0) {
    return;
  }
  if (nullable === true) {
    known.add('null');
  }
  assertions.set('type', [...known]);
}

function addValues(assertions: Map<string, unknown>, schema: SchemaObject): void {
  const values = schema['enum'];
  if (Array.isArray(values)) {
    if (values.length > 0) {
      assertions.set('enum', values);
    } else {
      // Ajv refuses an empty list, which no value is in.
      assertions.set('allOf', [false]);
    }
  }
  if (Object.hasOwn(schema, 'const')) {
    assertions.set('const', schema['const']);
  }
}

/** In draft-04 the keyword is a boolean that sharpens its neighbour. */
function addExclusiveBound(
  assertions: Map<string, unknown>,
  schema: SchemaObject,
  inclusive: 'minimum' | 'maximum',
  exclusive: string,
): void {
  const bound = schema[exclusive];
  if (isNumber(bound)) {
    assertions.set(exclusive, bound);
  } else if (bound === true && assertions.has(inclusive)) {
    assertions.set(exclusive, assertions.get(inclusive));
    assertions.delete(inclusive);
  }
}

/** A count beyond what JavaScript counts is as good as the greatest that it does. */
export function toCount(value: unknown): number | undefined {
  if (!isNumber(value)) return undefined;
  const count = typeof value === 'number' ? value : value.toNumber();
  return Math.max(-Number.MAX_VALUE, Math.min(count, Number.MAX_VALUE));
}
