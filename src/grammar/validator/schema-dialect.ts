import { isObject } from '../../json/json-value.ts';

/** Differences between the drafts of JSON Schema that can't be detected from a value alone. */
export interface SchemaDialect {
  readonly idKeyword: 'id' | '$id';
  /** Up to draft-07, a `$ref` replaces its siblings. */
  readonly ignoresRefSiblings: boolean;
}

export type SchemaObject = Readonly<Record<string, unknown>>;

export function isSchemaObject(value: unknown): value is SchemaObject {
  return isObject(value);
}

const draft04: SchemaDialect = { idKeyword: 'id', ignoresRefSiblings: true };
const draft07: SchemaDialect = { idKeyword: '$id', ignoresRefSiblings: true };
const draft2020: SchemaDialect = { idKeyword: '$id', ignoresRefSiblings: false };

/** The dialect that a `$schema` names; `undefined` for a metaschema that isn't one of the drafts. */
export function toSchemaDialect(metaschema: string): SchemaDialect | undefined {
  if (/json-schema\.org\/draft-0[1-4]\//.test(metaschema)) {
    return draft04;
  }
  if (/json-schema\.org\/draft-0[5-7]\//.test(metaschema)) {
    return draft07;
  }
  return /json-schema\.org\/draft\/20/.test(metaschema) ? draft2020 : undefined;
}

/** Drafts before 04 have other keywords for the same things, which nothing here reads. */
export function isTooOldDialect(metaschema: string): boolean {
  return /json-schema\.org\/draft-0[1-3]\//.test(metaschema);
}

/** The dialect of a whole document. Without `$schema` it is 2020-12, unless only draft-04 writes it like this. */
export function chooseSchemaDialect(document: SchemaObject): SchemaDialect {
  const metaschema = document['$schema'];
  const named = typeof metaschema === 'string' ? toSchemaDialect(metaschema) : undefined;
  if (named !== undefined) {
    return named;
  }
  const hasOldId = typeof document['id'] === 'string' && document['$id'] === undefined;
  return hasOldId || hasBooleanBound(document) ? draft04 : draft2020;
}

/** Looks everywhere, which may take a value for a schema; then only siblings of `$ref` are read differently. */
function hasBooleanBound(document: SchemaObject): boolean {
  const pending: unknown[] = [document];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) {
      continue;
    }
    if (isSchemaObject(value)) {
      const { exclusiveMinimum, exclusiveMaximum } = value;
      if (typeof exclusiveMinimum === 'boolean' || typeof exclusiveMaximum === 'boolean') {
        return true;
      }
    }
    for (const inner of Object.values(value)) {
      pending.push(inner);
    }
  }
  return false;
}
