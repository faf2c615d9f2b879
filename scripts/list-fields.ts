type JsonSchema = Readonly<Record<string, unknown>>;
type Components = Readonly<Record<string, JsonSchema>>;

/** One row of the field table. */
export interface FieldDescription {
  /** Such as `messages[role=user].content`. */
  readonly path: string;
  readonly type: string;
  readonly range: string;
  readonly default: string | undefined;
  readonly effect: 'honoured' | 'no effect' | 'refused';
  readonly description: string;
}

/** The fields of a schema and of what stands inside it, in the schema's order. */
export function listFields(components: Components, name: string): FieldDescription[] {
  return listProperties(components, components[name] ?? {}, '');
}

function listProperties(components: Components, schema: JsonSchema, path: string): FieldDescription[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Components);
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  return properties.flatMap(([name, property]) => {
    const at = path === '' ? name : `${path}.${name}`;
    // The paths already distinguish the variants.
    if ('const' in property && path.endsWith(']')) return [];
    return [toField(components, property, at, required.has(name)), ...listInside(components, property, at)];
  });
}

/** Objects in objects, in lists and in choices. */
function listInside(components: Components, schema: JsonSchema, path: string): FieldDescription[] {
  const resolved = resolve(components, schema);
  if ('properties' in resolved) return listProperties(components, resolved, path);
  if (typeof resolved['items'] === 'object')
    return listInside(components, resolved['items'] as JsonSchema, path);
  const options = toOptions(resolved).map((option) => resolve(components, option));
  const variants = options.filter((option) => 'properties' in option);
  if (variants.length > 1) {
    return variants.flatMap((variant) => listProperties(components, variant, `${path}[${toLabel(variant)}]`));
  }
  return options.flatMap((option) => listInside(components, option, path));
}

/** Values in the name of a field at most; its range lists all. */
const namedValuesMax = 4;

function toShortList(values: readonly unknown[]): string {
  return values.length > namedValuesMax ? `${String(values[0])} or …` : values.join(' or ');
}

/** The constant that distinguishes a variant, such as `role=user`. */
function toLabel(variant: JsonSchema): string {
  for (const [name, property] of Object.entries((variant['properties'] ?? {}) as Components)) {
    if ('const' in property) return `${name}=${String(property['const'])}`;
    if (Array.isArray(property['enum'])) return `${name}=${toShortList(property['enum'])}`;
  }
  throw new Error('Nothing tells this variant of a field apart.');
}

function toField(
  components: Components,
  schema: JsonSchema,
  path: string,
  isRequired: boolean,
): FieldDescription {
  const resolved = resolve(components, schema);
  const { description = '', default: value } = { ...resolved, ...schema };
  return {
    path,
    type: `${toType(components, schema)}${isRequired ? ', required' : ''}`,
    range: toRange(components, schema),
    default: value === undefined ? undefined : JSON.stringify(value),
    effect: toEffect(schema),
    description: `${schema['deprecated'] === true ? 'Deprecated. ' : ''}${String(description)}`,
  };
}

function toEffect(schema: JsonSchema): FieldDescription['effect'] {
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
