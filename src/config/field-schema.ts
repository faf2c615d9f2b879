import { z } from 'zod';
import { configSchema } from './config.ts';
import type { ConfigPath } from './config-problem.ts';

/** The JSON Schema of a setting or of a field in one. */
export interface FieldSchema
  extends Pick<
    z.core.JSONSchema.BaseSchema,
    'type' | 'enum' | 'format' | 'minimum' | 'maximum' | 'maxLength' | 'default' | 'description' | 'required'
  > {
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly additionalProperties?: FieldSchema | boolean;
  readonly range?: string;
}

/** The schema of the whole configuration. Values have been spelled out: a duration is a number. */
export function toConfigJsonSchema(): FieldSchema {
  return z.toJSONSchema(configSchema, { io: 'output' }) as FieldSchema;
}

/** The schema of the part of the configuration at a path. Undefined: no such part. */
export function findFieldSchema(path: ConfigPath): FieldSchema | undefined {
  let schema: FieldSchema | undefined = toConfigJsonSchema();
  for (const part of path) schema = schema && step(schema, part);
  return schema;
}

function step(
  { properties, items, additionalProperties }: FieldSchema,
  part: PropertyKey,
): FieldSchema | undefined {
  if (typeof part === 'number') return items;
  const own = properties?.[String(part)];
  if (own !== undefined) return own;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
