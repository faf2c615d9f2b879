// A keyword whose value no draft gives it says nothing, and JSON Schema's validators differ on what they do then. Where
// a schema is strict nothing may be dropped, so that such a keyword is refused with its place; elsewhere it is named.
import { compareNumbers, isIntegerNumber } from '../json/exact-number.ts';
import { isArray, isNumber, isObject, type JsonObject, jsonTypes } from '../json/json-value.ts';
import type { SchemaNote } from './compiled-grammar.ts';
import { join } from './json-schema/schema-document.ts';
import { findMisreadPattern } from './regular-expression/find-misread-pattern.ts';
import { schemaKeywords, schemaListKeywords, schemaMapKeywords } from './validator/subschema-keywords.ts';

/** Maximum number of reported keywords. */
const malformedMax = 20;

/** The problem with the value of a keyword, as the end of a sentence. Undefined if it is valid. */
type KeywordCheck = (value: unknown) => string | undefined;

function expect(test: (value: unknown) => boolean, expected: string): KeywordCheck {
  return (value) => (test(value) ? undefined : `must be ${expected}`);
}

const isText = (value: unknown) => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isSchema = (value: unknown) => isFlag(value) || isObject(value);
const areTexts = (value: unknown) => isArray(value) && value.every(isText);

const count = expect(
  (value) => isNumber(value) && isIntegerNumber(value) && compareNumbers(value, 0) >= 0,
  'an integer, 0 or more',
);
const number = expect(isNumber, 'a number');
const numberOrFlag = expect((value) => isNumber(value) || isFlag(value), 'a number (in draft 4 a boolean)');
const text = expect(isText, 'a text');
const flag = expect(isFlag, 'a boolean');
const schema = expect(isSchema, 'a schema: an object or a boolean');
const texts = expect(areTexts, 'an array of texts');
const map = expect(isObject, 'an object with a schema under each name');

const typeNames: ReadonlySet<unknown> = new Set([...jsonTypes, 'integer']);

function checkType(value: unknown): string | undefined {
  const names = isArray(value) ? value : [value];
  if (names.length === 0) return 'names no type';
  const unknown = names.find((name) => !typeNames.has(name));
  const known = [...typeNames].join(', ');
  return unknown === undefined ? undefined : `must be one of ${known} or an array of them`;
}

function checkPattern(value: unknown): string | undefined {
  return typeof value === 'string' ? findMisreadPattern(value) : 'must be a text';
}

const checks: Readonly<Record<string, KeywordCheck>> = {
  type: checkType,
  enum: expect(isArray, 'an array of values'),
  pattern: checkPattern,
  required: texts,
  multipleOf: expect((value) => isNumber(value) && compareNumbers(value, 0) > 0, 'a number above 0'),
  items: expect((value) => isSchema(value) || isArray(value), 'a schema or an array of schemas'),
  anyOf: expect((value) => isArray(value) && value.length > 0, 'an array of schemas that is not empty'),
  oneOf: expect((value) => isArray(value) && value.length > 0, 'an array of schemas that is not empty'),
  allOf: expect(isArray, 'an array of schemas'),
  prefixItems: expect(isArray, 'an array of schemas'),
  dependentRequired: expect(
    (value) => isObject(value) && Object.values(value).every(areTexts),
    'an object with an array of texts under each name',
  ),
  ...toChecks(['minimum', 'maximum'], number),
  ...toChecks(['exclusiveMinimum', 'exclusiveMaximum'], numberOrFlag),
  ...toChecks(['minLength', 'maxLength', 'minItems', 'maxItems', 'minContains', 'maxContains'], count),
  ...toChecks(['minProperties', 'maxProperties'], count),
  ...toChecks(['format', '$ref', '$dynamicRef', '$recursiveRef'], text),
  ...toChecks(['uniqueItems', 'nullable'], flag),
  ...toChecks(
    schemaKeywords.filter((keyword) => keyword !== 'items'),
    schema,
  ),
  ...toChecks(schemaMapKeywords, map),
};

function toChecks(keywords: readonly string[], check: KeywordCheck): Record<string, KeywordCheck> {
  return Object.fromEntries(keywords.map((keyword) => [keyword, check]));
}

interface Place {
  readonly value: unknown;
  readonly path: string;
}

/** The keywords of a schema and of all schemas in it whose values no draft gives them, in the order of the schema. */
export function findMalformedKeywords(document: unknown): SchemaNote[] {
  const found: SchemaNote[] = [];
  const seen = new Set<object>();
  const open: Place[] = [{ value: document, path: '' }];
  // A list and no recursion: a schema may be nested deep, and may refer to itself.
  for (let place = open.pop(); place !== undefined && found.length < malformedMax; place = open.pop()) {
    const { value, path } = place;
    if (!isObject(value)) {
      if (typeof value !== 'boolean')
        found.push({ path, message: `'${path}' must be a schema: an object or a boolean.` });
      continue;
    }
    if (seen.has(value)) continue;
    seen.add(value);
    found.push(...checkKeywords(value, path));
    open.push(...listSchemas(document, value, path).reverse());
  }
  return found;
}

function checkKeywords(schema: JsonObject, path: string): SchemaNote[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const problem = Object.hasOwn(checks, keyword) ? checks[keyword]?.(value) : undefined;
    const at = join(path, [keyword]);
    return problem === undefined ? [] : [{ path: at, message: `The keyword '${at}' ${problem}.` }];
  });
}

/** The schemas right below one, and what it refers to by a pointer, wherever that stands. */
function listSchemas(document: unknown, schema: JsonObject, path: string): Place[] {
  const places: Place[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const at = join(path, [keyword]);
    if (isArray(value) && schemaListKeywords.some((known) => known === keyword)) {
      places.push(...value.map((part, index) => ({ value: part, path: join(at, [index]) })));
    } else if (isObject(value) && schemaMapKeywords.some((known) => known === keyword)) {
      const isDependency = keyword === 'dependencies';
      for (const [name, part] of Object.entries(value)) {
        if (!isDependency || !(areTexts(part) || isText(part)))
          places.push({ value: part, path: join(at, [name]) });
      }
    } else if (isObject(value) && schemaKeywords.some((known) => known === keyword)) {
      places.push({ value, path: at });
    }
  }
  const target = typeof schema['$ref'] === 'string' ? followPointer(document, schema['$ref']) : undefined;
  if (target !== undefined) places.push(target);
  return places;
}

/** undefined: it leads to no object; whether that is wrong is the compiler's to say. */
function followPointer(document: unknown, reference: string): Place | undefined {
  if (!reference.startsWith('#/')) return undefined;
  const names = reference
    .slice(2)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value = document;
  for (const name of names) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined;
  }
  return isObject(value) ? { value, path: join('', names) } : undefined;
}
