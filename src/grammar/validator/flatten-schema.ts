// Rewrites a schema of any draft as one flat schema of draft 2020-12 for Ajv.
//
// Ajv has a class for each draft, and each one throws for values that its metaschema forbids, resolves `$id`
// differently and loops forever on circular references. Here, every referenced schema becomes a numbered
// definition, identifiers are resolved and dropped, old keywords are converted to current ones, and unknown
// keywords are dropped. So one small Ajv serves all drafts, and a keyword means the same with and without
// `$schema`.

import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import type { TextMatcher } from '../text-matcher.ts';
import { exactTypeKeyword, toComparable } from './exact-keywords.ts';
import { findEndlessDefinition } from './find-endless-definition.ts';
import { readAssertions, toCount } from './read-assertions.ts';
import { createReferenceIndex, type ReferenceIndex } from './reference-index.ts';
import { isSchemaObject, isTooOldDialect, type SchemaObject } from './schema-dialect.ts';
import { type SchemaLocation, toPathText } from './schema-location.ts';

export interface FlatSchema {
  /** Of draft 2020-12. Its only identifiers are the pointers to its `$defs`. */
  readonly schema: SchemaObject | boolean;
  /** For each pattern in it, what runs it. */
  readonly matchers: ReadonlyMap<string, TextMatcher>;
  /** The most properties that one object names. */
  readonly propertiesMost: number;
}

/**
 * `isExact`: for the keywords of `exact-keywords.ts`.
 *
 * Throws `UnsupportedSchemaError`. `toMatcher` throws it too, or anything else, for a pattern that it can't run.
 */
export function flattenSchema(
  document: unknown,
  toMatcher: (pattern: string) => TextMatcher,
  isExact = false,
): FlatSchema {
  if (typeof document === 'boolean') {
    return { schema: document, matchers: new Map(), propertiesMost: 0 };
  }
  if (!isSchemaObject(document)) {
    throw new UnsupportedSchemaError('', 'A schema is an object or a boolean.');
  }
  const metaschema = document['$schema'];
  if (typeof metaschema === 'string' && isTooOldDialect(metaschema)) {
    throw new UnsupportedSchemaError('$schema', 'Drafts of JSON Schema before draft-04 are not supported.');
  }
  const flattening = new Flattening(createReferenceIndex(document), toMatcher, isExact);
  const flat = flattening.run();
  return { schema: flat, matchers: flattening.matchers, propertiesMost: flattening.propertiesMost };
}

type FlatObject = Map<string, unknown>;

class Flattening {
  readonly matchers = new Map<string, TextMatcher>();
  propertiesMost = 0;
  readonly #references: ReferenceIndex;
  readonly #toMatcher: (pattern: string) => TextMatcher;
  readonly #isExact: boolean;
  readonly #names = new Map<unknown, string>();
  readonly #pending: SchemaLocation[] = [];

  constructor(references: ReferenceIndex, toMatcher: (pattern: string) => TextMatcher, isExact: boolean) {
    this.#isExact = isExact;
    this.#references = references;
    this.#toMatcher = toMatcher;
  }

  run(): SchemaObject {
    const $ref = this.#define(this.#references.root);
    const definitions: [string, unknown][] = [];
    // Each definition may find more of them.
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const flat = this.#flatten(next);
      // Ajv follows a chain of bare references without looking for its end.
      const isBare = typeof flat === 'object' && Object.hasOwn(flat, '$ref');
      definitions.push([String(definitions.length), isBare ? { allOf: [flat] } : flat]);
    }
    const $defs = Object.fromEntries(definitions);
    if (findEndlessDefinition($defs) !== undefined) {
      throw new UnsupportedSchemaError(
        '',
        'A reference of the schema leads back to itself and says nothing.',
      );
    }
    return { $ref, $defs };
  }

  #define(location: SchemaLocation): string {
    let name = isSchemaObject(location.schema) ? this.#names.get(location.schema) : undefined;
    if (name === undefined) {
      name = `#/$defs/${this.#names.size}`;
      this.#names.set(isSchemaObject(location.schema) ? location.schema : location, name);
      this.#pending.push(location);
    }
    return name;
  }

  /** A value that is neither an object nor a boolean is not a schema, and forbids nothing. */
  #flatten(location: SchemaLocation): SchemaObject | boolean {
    const { schema } = location;
    if (!isSchemaObject(schema)) {
      return schema !== false;
    }
    const flat: FlatObject = new Map();
    const isReplaced = this.#addReferences(flat, location, schema);
    if (!isReplaced) {
      for (const [keyword, value] of readAssertions(schema)) {
        if (keyword === 'allOf' && Array.isArray(value)) {
          addToAllOf(flat, value);
        } else {
          const isType = keyword === 'type' && this.#isExact;
          flat.set(isType ? exactTypeKeyword : keyword, this.#isExact ? toComparable(value) : value);
        }
      }
      this.#addPattern(flat, location, schema);
      this.#addApplicators(flat, location, schema);
      this.#addArrays(flat, location, schema);
      this.#addDependencies(flat, location, schema);
    }
    return Object.fromEntries(flat);
  }

  /** True when the references replace all other keywords. */
  #addReferences(flat: FlatObject, location: SchemaLocation, schema: SchemaObject): boolean {
    const { $ref, $dynamicRef, $recursiveRef } = schema;
    const at = (keyword: string) => [...location.path, keyword];
    const dynamic = $dynamicRef ?? $recursiveRef;
    if (typeof dynamic === 'string') {
      const found = this.#references.resolveDynamic(dynamic, location, at('$dynamicRef'));
      addToAllOf(flat, [{ $ref: this.#define(found) }]);
    }
    if (typeof $ref !== 'string') {
      return false;
    }
    flat.set('$ref', this.#define(this.#references.resolve($ref, location, at('$ref'))));
    return location.dialect.ignoresRefSiblings;
  }

  #part(location: SchemaLocation, value: unknown, ...tokens: string[]): SchemaObject | boolean {
    return this.#flatten(this.#references.enter(location, value, ...tokens));
  }

  #parts(location: SchemaLocation, values: readonly unknown[], keyword: string): (SchemaObject | boolean)[] {
    return values.map((value, index) => this.#part(location, value, keyword, String(index)));
  }

  #addPattern(flat: FlatObject, location: SchemaLocation, schema: SchemaObject): void {
    const { pattern } = schema;
    if (typeof pattern === 'string') {
      this.#addMatcher(pattern, [...location.path, 'pattern']);
      flat.set('pattern', pattern);
    }
  }

  #addMatcher(pattern: string, path: readonly string[]): void {
    if (this.matchers.has(pattern)) {
      return;
    }
    try {
      this.matchers.set(pattern, this.#toMatcher(pattern));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const at = toPathText(path);
      throw new UnsupportedSchemaError(at, `The keyword '${at}' can't be enforced: ${reason}`);
    }
  }

  #addApplicators(flat: FlatObject, location: SchemaLocation, schema: SchemaObject): void {
    for (const keyword of ['additionalProperties', 'propertyNames', 'unevaluatedProperties', 'not']) {
      if (isSchema(schema[keyword])) {
        flat.set(keyword, this.#part(location, schema[keyword], keyword));
      }
    }
    if (isSchema(schema['if'])) {
      flat.set('if', this.#part(location, schema['if'], 'if'));
      for (const keyword of ['then', 'else']) {
        // Where a branch is missing, or says nothing, Ajv forgets which properties `if` has evaluated.
        const isThere = isSchema(schema[keyword]) && schema[keyword] !== true;
        flat.set(keyword, isThere ? this.#part(location, schema[keyword], keyword) : { allOf: [true] });
      }
    }
    if (Array.isArray(schema['allOf'])) {
      addToAllOf(flat, this.#parts(location, schema['allOf'], 'allOf'));
    }
    for (const keyword of ['anyOf', 'oneOf']) {
      const values = schema[keyword];
      if (Array.isArray(values)) {
        const parts = this.#parts(location, values, keyword);
        // Of no schemas none can match.
        flat.set(keyword, parts.length > 0 ? parts : [false]);
      }
    }
    this.#addProperties(flat, location, schema);
  }

  #addProperties(flat: FlatObject, location: SchemaLocation, schema: SchemaObject): void {
    const properties: [string, unknown][] = [];
    const patterns: [string, unknown][] = [];
    for (const [name, value] of listEntries(schema['properties'])) {
      const part = this.#part(location, value, 'properties', name);
      if (name === '__proto__') {
        // Ajv leaves this name out of `properties`.
        this.matchers.set('^__proto__$', { test: (text) => text === '__proto__' });
        patterns.push(['^__proto__$', part]);
      } else {
        properties.push([name, part]);
      }
    }
    for (const [pattern, value] of listEntries(schema['patternProperties'])) {
      this.#addMatcher(pattern, [...location.path, 'patternProperties', pattern]);
      patterns.push([pattern, this.#part(location, value, 'patternProperties', pattern)]);
    }
    this.propertiesMost = Math.max(this.propertiesMost, properties.length + patterns.length);
    if (properties.length > 0) {
      flat.set('properties', Object.fromEntries(properties));
    }
    if (patterns.length > 0) {
      flat.set('patternProperties', Object.fromEntries(patterns));
    }
  }

  #addArrays(flat: FlatObject, location: SchemaLocation, schema: SchemaObject): void {
    const { items, prefixItems, additionalItems, contains, unevaluatedItems } = schema;
    if (Array.isArray(prefixItems) && prefixItems.length > 0) {
      flat.set('prefixItems', this.#parts(location, prefixItems, 'prefixItems'));
    } else if (Array.isArray(items) && items.length > 0) {
      flat.set('prefixItems', this.#parts(location, items, 'items'));
    }
    if (isSchema(items)) {
      flat.set('items', this.#part(location, items, 'items'));
    } else if (Array.isArray(items) && isSchema(additionalItems)) {
      flat.set('items', this.#part(location, additionalItems, 'additionalItems'));
    }
    if (isSchema(contains)) {
      flat.set('contains', this.#part(location, contains, 'contains'));
      for (const keyword of ['minContains', 'maxContains']) {
        const count = toCount(schema[keyword]);
        if (count !== undefined) {
          flat.set(keyword, count);
        }
      }
    }
    if (isSchema(unevaluatedItems)) {
      flat.set('unevaluatedItems', this.#part(location, unevaluatedItems, 'unevaluatedItems'));
    }
  }

  /** `dependencies` of the older drafts holds what are two keywords today. */
  #addDependencies(flat: FlatObject, location: SchemaLocation, schema: SchemaObject): void {
    const required: [string, unknown][] = [];
    const schemas: [string, unknown][] = [];
    for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
      for (const [name, value] of listEntries(schema[keyword])) {
        if (Array.isArray(value) || typeof value === 'string') {
          required.push([name, [value].flat().filter((item) => typeof item === 'string')]);
        } else if (isSchema(value)) {
          schemas.push([name, this.#part(location, value, keyword, name)]);
        }
      }
    }
    if (required.length > 0) {
      flat.set('dependentRequired', Object.fromEntries(required));
    }
    if (schemas.length > 0) {
      flat.set('dependentSchemas', Object.fromEntries(schemas));
    }
  }
}

function isSchema(value: unknown): boolean {
  return typeof value === 'boolean' || isSchemaObject(value);
}

function listEntries(value: unknown): [string, unknown][] {
  return isSchemaObject(value) ? Object.entries(value) : [];
}

function addToAllOf(flat: FlatObject, parts: readonly unknown[]): void {
  const before = flat.get('allOf');
  flat.set('allOf', withoutRepeatedReferences([...(Array.isArray(before) ? before : []), ...parts]));
}

/** Nests of allOf that name the same definition twice would run it 2^depth times. */
function withoutRepeatedReferences(parts: readonly unknown[]): readonly unknown[] {
  const seen = new Set<unknown>();
  const kept = parts.filter((part) => {
    const names = isSchemaObject(part) ? Object.keys(part) : [];
    const target = isSchemaObject(part) && names.length === 1 ? part['$ref'] : undefined;
    const isRepeated = target !== undefined && seen.has(target);
    seen.add(target);
    return !isRepeated;
  });
  return kept.length > 0 ? kept : [true];
}
