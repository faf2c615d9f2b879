import type { JsonNumber } from '../../json/exact-number.ts';
import { type JsonType, type JsonValue, jsonTypes } from '../../json/json-value.ts';
import type { SchemaNode } from './schema-document.ts';

/**
 * The constraints of one alternative of a schema on a value, merged from every schema that applies to it:
 * `allOf`, references and the schema's keywords are merged, and one branch of each `anyOf` and similar
 * keyword is chosen.
 */
export interface Facts {
  types: ReadonlySet<JsonType>;
  /** From `enum` and `const`; undefined: any. */
  values: readonly JsonValue[] | undefined;
  valuesPath: string;
  /** From `not` over `enum` and `const`. */
  refusedValues: readonly Located<JsonValue>[];
  number: NumberFacts;
  string: StringFacts;
  array: ArrayFacts;
  object: ObjectFacts;
}

export interface Bound {
  readonly value: JsonNumber;
  readonly isExclusive: boolean;
  /** Of the keyword that it comes from. */
  readonly path?: string;
}

export interface NumberFacts {
  isInteger: boolean;
  lower: Bound | undefined;
  upper: Bound | undefined;
  multiples: readonly Located<JsonNumber>[];
  /** From `not` over `integer` and `multipleOf`. */
  refusesIntegers: boolean;
  refusedMultiples: readonly Located<JsonNumber>[];
}

export interface Located<Value> {
  readonly value: Value;
  readonly path: string;
}

export interface StringFacts {
  minLength: number;
  maxLength: number;
  lengthPath: string;
  patterns: readonly (Located<string> & { readonly isRefused: boolean })[];
  formats: readonly (Located<string> & { readonly isRefused: boolean })[];
}

export interface ArrayFacts {
  /** One entry per schema with keywords for items: its first items, and all following ones. */
  groups: readonly ArrayGroup[];
  minItems: number;
  maxItems: number;
  countPath: string;
  contains: readonly ContainsFact[];
}

export interface ArrayGroup {
  readonly prefix: readonly SchemaNode[];
  readonly rest: SchemaNode | undefined;
}

export interface ContainsFact {
  readonly node: SchemaNode;
  readonly min: number;
  readonly max: number;
  readonly path: string;
}

export interface ObjectFacts {
  /**
   * One entry per schema with keywords for properties. `additional` applies to the names that this schema
   * does not declare.
   */
  groups: readonly ObjectGroup[];
  required: readonly string[];
  names: readonly SchemaNode[];
  minProperties: number;
  maxProperties: number;
  countPath: string;
}

export interface ObjectGroup {
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly patterns: readonly { readonly source: string; readonly node: SchemaNode; readonly path: string }[];
  readonly additional: SchemaNode | undefined;
}

export function createFacts(): Facts {
  return {
    types: new Set(jsonTypes),
    values: undefined,
    valuesPath: '',
    refusedValues: [],
    number: {
      isInteger: false,
      lower: undefined,
      upper: undefined,
      multiples: [],
      refusesIntegers: false,
      refusedMultiples: [],
    },
    string: { minLength: 0, maxLength: Number.POSITIVE_INFINITY, lengthPath: '', patterns: [], formats: [] },
    array: { groups: [], minItems: 0, maxItems: Number.POSITIVE_INFINITY, countPath: '', contains: [] },
    object: {
      groups: [],
      required: [],
      names: [],
      minProperties: 0,
      maxProperties: Number.POSITIVE_INFINITY,
      countPath: '',
    },
  };
}

/** Deep enough that changing the copy's own fields leaves the original alone; what they hold is never changed. */
export function copyFacts(facts: Facts): Facts {
  return {
    ...facts,
    number: { ...facts.number },
    string: { ...facts.string },
    array: { ...facts.array },
    object: { ...facts.object },
  };
}
