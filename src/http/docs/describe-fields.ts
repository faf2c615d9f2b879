import type { JsonSchema } from '../openapi/operation.ts';

type Components = Readonly<Record<string, JsonSchema>>;

/** A field of a JSON object, with what is inside it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** It has one value only, which distinguishes a variant. */
  readonly isConstant: boolean;
  readonly range: string;
  readonly default: string | undefined;
  readonly effect: 'honoured' | 'no effect' | 'refused';
  readonly description: string;
  /** The forms that an object in it may have. */
  readonly variants: readonly FieldVariant[];
}

export interface FieldVariant {
  /** Such as `role=user`. Undefined where there is one form only. */
  readonly label: string | undefined;
  readonly fields: readonly Field[];
}

/** One row of the field table. */
export interface FieldDescription
  extends Pick<Field, 'type' | 'range' | 'default' | 'effect' | 'description'> {
  /** Such as `messages[role=user].content`. */
  readonly path: string;
}

/** The fields of a schema and of what stands inside it, in the schema's order. */
export function listFields(components: Components, name: string): FieldDescription[] {
  return toFields(components, components[name] ?? {}, []).flatMap((field) => toRows(field, ''));
}

function toRows(field: Field, path: string): FieldDescription[] {
  const { name, isRequired, isConstant, variants, type, range, effect, description } = field;
  // The paths already distinguish the variants.
  if (isConstant && path.endsWith(']')) return [];
  const at = path === '' ? name : `${path}.${name}`;
  const inside = variants.flatMap(({ label, fields }) =>
    fields.flatMap((one) => toRows(one, label === undefined ? at : `${at}[${label}]`)),
  );
  const row = { path: at, type: isRequired ? `${type}, required` : type, range, effect, description };
  return [{ ...row, default: field.default }, ...inside];
}

/** The forms of the objects in a value: in an object, in lists and in choices. */
export function describeVariants(components: Components, schema: JsonSchema): FieldVariant[] {
  return toVariants(components, schema, []);
}

/** @param seen the names of the schemas around this one: one that contains itself is described once */
function toVariants(components: Components, schema: JsonSchema, seen: readonly unknown[]): FieldVariant[] {
  const reference = schema['$ref'];
  if (reference !== undefined && seen.includes(reference)) return [];
  const around = reference === undefined ? seen : [...seen, reference];
  const resolved = resolve(components, schema);
  if ('properties' in resolved) return [{ label: undefined, fields: toFields(components, resolved, around) }];
  if (typeof resolved['items'] === 'object')
    return toVariants(components, resolved['items'] as JsonSchema, around);
  const options = toOptions(resolved);
  const objects = options.filter((option) => isObject(components, option));
  if (objects.length < 2) return options.flatMap((option) => toVariants(components, option, around));
  return objects.flatMap((option, index) =>
    toVariants(components, option, around).map(({ fields }) => ({
      label: toLabel(resolve(components, option)) ?? `form ${index + 1}`,
      fields,
    })),
  );
}

function toFields(components: Components, schema: JsonSchema, seen: readonly unknown[]): Field[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Components);
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  return properties.map(([name, property]) => {
    const { description = '', default: value } = { ...resolve(components, property), ...property };
    return {
      name,
      type: toType(components, property),
      isRequired: required.has(name),
      isConstant: 'const' in property,
      range: toRange(components, property),
      default: value === undefined ? undefined : JSON.stringify(value),
      effect: toEffect(property),
      description: `${property['deprecated'] === true ? 'Deprecated. ' : ''}${String(description)}`,
      variants: toVariants(components, property, seen),
    };
  });
}

/** Values in the name of a field at most; its range lists all. */
const namedValuesMax = 4;

function toShortList(values: readonly unknown[]): string {
  return values.length > namedValuesMax ? `${String(values[0])} or …` : values.join(' or ');
}

/** The constant that distinguishes a variant, such as `role=user`. */
function toLabel(variant: JsonSchema): string | undefined {
  for (const [name, property] of Object.entries((variant['properties'] ?? {}) as Components)) {
    if ('const' in property) return `${name}=${String(property['const'])}`;
    if (Array.isArray(property['enum'])) return `${name}=${toShortList(property['enum'])}`;
  }
  return undefined;
}

function toEffect(schema: JsonSchema): Field['effect'] {
  switch (schema['x-effect']) {
    case undefined:
      return 'honoured';
    case 'none':
      return 'no effect';
    case 'refused':
      return 'refused';
    default:
      throw new Error(`A field has the effect ${String(schema['x-effect'])}, which the table does not know.`);
  }
}

function toType(components: Components, schema: JsonSchema): string {
  const resolved = resolve(components, schema);
  const { type, enum: values } = resolved;
  const options = toOptions(resolved);
  if (options.length > 0) return join(options.map((option) => toType(components, option)));
  if (Array.isArray(type)) return join(type.map((one) => toType(components, { ...resolved, type: one })));
  if (type === 'array') return `list of ${toType(components, (resolved['items'] ?? {}) as JsonSchema)}`;
  if (typeof type === 'string') return type;
  return join((Array.isArray(values) ? values : []).map(toTypeOfValue));
}

function toTypeOfValue(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function join(types: readonly string[]): string {
  return [...new Set(types)].join(' or ');
}

function toRange(components: Components, schema: JsonSchema): string {
  const resolved = resolve(components, schema);
  const ranges = [
    ...(Array.isArray(resolved['enum']) ? [resolved['enum'].map((value) => toValue(value)).join(', ')] : []),
    ...('const' in resolved ? [toValue(resolved['const'])] : []),
    toBounds(resolved['minimum'], resolved['maximum'], ''),
    toBounds(resolved['minLength'], resolved['maxLength'], ' characters'),
    toBounds(resolved['minItems'], resolved['maxItems'], ' items'),
    ...(typeof resolved['pattern'] === 'string' ? [`matches \`${resolved['pattern']}\``] : []),
    ...toOptions(resolved).map((option) => (isObject(components, option) ? '' : toRange(components, option))),
  ];
  return [...new Set(ranges.filter((range) => range !== ''))].join('; ');
}

function toBounds(min: unknown, max: unknown, unit: string): string {
  // The safe integers are no range that anybody chose.
  const from = min === Number.MIN_SAFE_INTEGER ? undefined : min;
  const to = max === Number.MAX_SAFE_INTEGER ? undefined : max;
  if (from === undefined && to === undefined) return '';
  if (from === undefined) return `up to ${String(to)}${unit}`;
  if (to === undefined) return `from ${String(from)}${unit}`;
  return `${String(from)} to ${String(to)}${unit}`;
}

function isObject(components: Components, schema: JsonSchema): boolean {
  return 'properties' in resolve(components, schema);
}

function toValue(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}

function toOptions(schema: JsonSchema): readonly JsonSchema[] {
  return (schema['anyOf'] ?? schema['oneOf'] ?? []) as readonly JsonSchema[];
}

function resolve(components: Components, schema: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? (components[reference.split('/').at(-1) ?? ''] ?? {}) : schema;
}
