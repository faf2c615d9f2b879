import type { JsonSchema } from './operation.ts';

/**
 * zod writes a nullable field as a choice of two, and choices in choices. People and viewers read `string or null`
 * more easily, and it says the same.
 */
export function simplifySchema(schema: JsonSchema): JsonSchema {
  const { anyOf, ...others } = mapSubschemas(schema);
  if (!Array.isArray(anyOf)) return others;
  const options = anyOf.flatMap((option: JsonSchema) => (isPlainChoice(option) ? option['anyOf'] : [option]));
  const [first, second] = options as JsonSchema[];
  if (options.length === 2 && first !== undefined && second?.['type'] === 'null' && canTakeNull(first)) {
    return { ...first, ...others, type: [first['type'], 'null'] };
  }
  return { ...others, anyOf: options };
}

function isPlainChoice(schema: JsonSchema): schema is { anyOf: readonly JsonSchema[] } {
  return Array.isArray(schema['anyOf']) && Object.keys(schema).length === 1;
}

/** An enum or a constant holds for null too, and a reference has no type. */
function canTakeNull(schema: JsonSchema): boolean {
  return typeof schema['type'] === 'string' && !('enum' in schema) && !('const' in schema);
}

function mapSubschemas(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, mapKeyword(keyword, value)]),
  );
}

function mapKeyword(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Record<string, JsonSchema>).map(([name, property]) => [
          name,
          simplifySchema(property),
        ]),
      );
    case 'items':
    case 'additionalProperties':
      return typeof value === 'object' && value !== null ? simplifySchema(value as JsonSchema) : value;
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return (value as readonly JsonSchema[]).map(simplifySchema);
    default:
      return value;
  }
}
