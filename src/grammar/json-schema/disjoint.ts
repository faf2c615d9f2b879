import { isArray, isObject, type JsonObject, jsonTypes, toValueKey, typeOf } from '../../json/json-value.ts';
import type { CompileRun } from './compile-run.ts';
import type { SchemaNode } from './schema-document.ts';

/** Branches compared at most: pairs grow with the square. */
const branchesMax = 40;

/** Levels of references and `allOf` that are followed to find out what a branch says. */
const levelsMax = 4;

/** The relations between the branches of a `oneOf`, as far as they are easy to determine. */
export interface Overlaps {
  /** For each branch, the numbers of the branches that may match the same value. */
  readonly others: readonly (readonly number[])[];
  /** For each branch the types that it surely has one of; undefined: not known. */
  readonly types: readonly (ReadonlySet<string> | undefined)[];
  /** For each branch the names of its properties. */
  readonly names: readonly ReadonlySet<string>[];
  /** For each branch the names that may come when no others may; undefined: any. */
  readonly closed: readonly (ReadonlySet<string> | undefined)[];
}

/**
 * Two branches surely exclude each other by other types, other constants, or a property that both require with other
 * constants, as discriminators have. undefined: too many to compare.
 */
export function findOverlaps(run: CompileRun, branches: readonly SchemaNode[]): Overlaps | undefined {
  if (branches.length > branchesMax) return undefined;
  const outlines = branches.map((branch) => outline(run, branch, levelsMax));
  run.spend(branches.length * branches.length);
  return {
    others: outlines.map((one, index) =>
      outlines.flatMap((other, place) => (place !== index && !excludes(one, other) ? [place] : [])),
    ),
    types: outlines.map(({ types, values }) => types ?? (values && new Set([...values].map(typeOfKey)))),
    names: outlines.map(({ names }) => names),
    closed: outlines.map(({ closed }) => closed),
  };
}

function typeOfKey(key: string): string {
  return typeOf(JSON.parse(key));
}

/** Facts that certainly follow from a schema. */
interface Outline {
  types: ReadonlySet<string> | undefined;
  values: ReadonlySet<string> | undefined;
  readonly required: Set<string>;
  /** Of properties. */
  readonly names: Set<string>;
  /** Constants of properties, by name. */
  readonly constants: Map<string, ReadonlySet<string>>;
  /** Names that may come when no others may; undefined: any. */
  closed: ReadonlySet<string> | undefined;
}

function outline(run: CompileRun, node: SchemaNode, levels: number): Outline {
  const found: Outline = {
    types: undefined,
    values: undefined,
    required: new Set(),
    names: new Set(),
    constants: new Map(),
    closed: undefined,
  };
  fill(run, found, node, levels);
  return found;
}

function fill(run: CompileRun, found: Outline, node: SchemaNode, levels: number): void {
  if (!isObject(node.schema) || levels === 0) return;
  run.spend(1);
  const { schema } = node;
  if (typeof schema['$ref'] === 'string') {
    fill(run, found, run.document.resolve(node, schema['$ref']), levels - 1);
    if (run.document.dialect.ignoresRefSiblings) return;
  }
  found.types ??= toTypes(schema);
  found.values ??= toValues(schema);
  if (isArray(schema['required'])) {
    for (const name of schema['required']) if (typeof name === 'string') found.required.add(name);
  }
  const properties = schema['properties'];
  if (isObject(properties)) fillConstants(run, found, node, properties, levels);
  if (schema['additionalProperties'] === false && schema['patternProperties'] === undefined) {
    found.closed = new Set(isObject(properties) ? Object.keys(properties) : []);
  }
  const allOf = schema['allOf'];
  if (isArray(allOf)) {
    for (let index = 0; index < allOf.length; index += 1) {
      const part = run.document.child(node, 'allOf', index);
      if (part !== undefined) fill(run, found, part, levels - 1);
    }
  }
}

function fillConstants(
  run: CompileRun,
  found: Outline,
  node: SchemaNode,
  properties: JsonObject,
  levels: number,
): void {
  for (const name of Object.keys(properties)) {
    found.names.add(name);
    const property = run.document.child(node, 'properties', name);
    if (property === undefined || found.constants.has(name)) continue;
    const { values, types } =
      levels > 1 ? outline(run, property, 1) : { values: undefined, types: undefined };
    if (values !== undefined) found.constants.set(name, values);
    else if (types !== undefined)
      found.constants.set(name, new Set([...types].map((type) => `type ${type}`)));
  }
}

/** Undefined if no names are listed, or not in a way that excludes others. */
function toTypes({ type, nullable }: JsonObject): ReadonlySet<string> | undefined {
  if (type === undefined || nullable === true) return undefined;
  const names = (isArray(type) ? type : [type]).map(String);
  if (!names.every((name) => name === 'integer' || jsonTypes.some((known) => known === name)))
    return undefined;
  return new Set(names.map((name) => (name === 'integer' ? 'number' : name)));
}

function toValues(schema: JsonObject): ReadonlySet<string> | undefined {
  if (schema['const'] !== undefined) return new Set([toValueKey(schema['const'])]);
  return isArray(schema['enum']) ? new Set(schema['enum'].map(toValueKey)) : undefined;
}

function excludes(one: Outline, other: Outline): boolean {
  if (haveNothingInCommon(one.types, other.types) || haveNothingInCommon(one.values, other.values))
    return true;
  if (!isOnlyObject(one) && !isOnlyObject(other)) return false;
  for (const name of one.required) {
    if (other.closed?.has(name) === false) return true;
    if (other.required.has(name) && differ(one.constants.get(name), other.constants.get(name))) return true;
  }
  return [...other.required].some((name) => one.closed?.has(name) === false);
}

function isOnlyObject({ types }: Outline): boolean {
  return types !== undefined && types.size === 1 && types.has('object');
}

function haveNothingInCommon(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): boolean {
  if (one === undefined || other === undefined) return false;
  return [...one].every((value) => !other.has(value));
}

/** Constants against constants, or types against types: a type and a constant say nothing of each other here. */
function differ(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const isTypes = (values: ReadonlySet<string>) => [...values].every((value) => value.startsWith('type '));
  return isTypes(one) === isTypes(other) && haveNothingInCommon(one, other);
}
