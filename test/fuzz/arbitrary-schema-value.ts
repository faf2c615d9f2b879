import fc from 'fast-check';

type JsonSchema = Readonly<Record<string, unknown>>;

export interface SchemaValueOptions {
  /** Of the document: what `$ref` names. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** Values of members with these names, in place of what their schemas say. */
  readonly known: Readonly<Record<string, fc.Arbitrary<unknown>>>;
}

/** Levels of a value; below, only what must be there is made. */
const depthMax = 5;

const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });

/** Values that a schema of our reference allows, and a few that only look so: what it has beyond JSON Schema's basics is not read. */
export function toArbitraryValue(schema: JsonSchema, options: SchemaValueOptions): fc.Arbitrary<unknown> {
  return toValue(schema, { ...options, depth: 0 });
}

interface Place extends SchemaValueOptions {
  readonly depth: number;
}

function toValue(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf, enum: choices, type } = schema;
  if (typeof $ref === 'string') return toValue(place.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, place);
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  const branches = anyOf ?? oneOf;
  if (Array.isArray(branches)) return toOneOf(branches, place);
  if (Array.isArray(allOf)) {
    const all = allOf.map((one: JsonSchema) => toValue(one, place));
    return fc.tuple(...all).map((values) => Object.assign({}, ...values));
  }
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => toTyped(one, schema, place)));
  return toTyped(type, schema, place);
}

/** Deep down only the first branch is left, so that values end. */
function toOneOf(branches: readonly JsonSchema[], place: Place): fc.Arbitrary<unknown> {
  const taken = place.depth < depthMax ? branches : branches.slice(0, 1);
  return fc.oneof(...taken.map((branch) => toValue(branch, place)));
}

function toTyped(type: unknown, schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.oneof(fc.integer(toBounds(schema, 1e9)), fc.integer(toBounds(schema, 9)));
    case 'number':
      return fc.double({ ...toBounds(schema, 1e9), noNaN: true });
    case 'string':
      return toText(schema);
    case 'array':
      return toList(schema, place);
    case 'object':
      return toObject(schema, place);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function toBounds({ minimum, maximum, exclusiveMinimum }: JsonSchema, size: number) {
  const min = Number(minimum ?? (exclusiveMinimum === undefined ? -size : Number(exclusiveMinimum) + 1));
  return { min, max: Math.max(min, Math.min(Number(maximum ?? size), min + 2 * size)) };
}

function toText({ pattern, minLength, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern), { maxLength: 24 });
  const min = Number(minLength ?? 0);
  const max = Math.max(min, Math.min(12, Number(maxLength ?? 12)));
  return fc.string({ unit: 'grapheme', minLength: min, maxLength: max });
}

function toList({ items, minItems }: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  const min = Number(minItems ?? 0);
  const max = place.depth < depthMax ? Math.max(min, 3) : min;
  const inside = { ...place, depth: place.depth + 1 };
  return fc.array(toValue((items ?? {}) as JsonSchema, inside), { minLength: min, maxLength: max });
}

function toObject(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const inside = { ...place, depth: place.depth + 1 };
  const needed = required as readonly string[];
  const wanted = Object.entries(properties as Readonly<Record<string, JsonSchema>>).filter(
    ([name]) => place.depth < depthMax || needed.includes(name),
  );
  const members = Object.fromEntries(
    wanted.map(([name, member]) => {
      const value = place.known[name] ?? toValue(member, inside);
      // Most members are left out of most values: each of them would refuse too many requests.
      return [name, needed.includes(name) ? value : fc.option(value, { nil: undefined, freq: 1 })];
    }),
  );
  const own = fc.record(members).chain((value) => {
    const absent = Object.keys(value).filter((name) => !needed.includes(name));
    return fc
      .shuffledSubarray(absent, { maxLength: Math.min(absent.length, 4) })
      .map((kept) =>
        Object.fromEntries(
          Object.entries(value).filter(([name]) => needed.includes(name) || kept.includes(name)),
        ),
      );
  });
  if (typeof additionalProperties !== 'object' || additionalProperties === null) return own;
  const others = fc.dictionary(anyText, toValue(additionalProperties as JsonSchema, inside), { maxKeys: 3 });
  return fc.tuple(others, own).map(([more, value]) => ({ ...more, ...value }));
}
