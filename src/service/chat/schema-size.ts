import type { OutputFormat } from '../../backend/output-format.ts';
import { createUnsupportedSchemaError } from '../service-error.ts';

/** Of names, texts and values in a schema: what a thread or a process is sent is copied in the event loop. */
export const schemaCharactersMax = 1_000_000;

/** Levels of a schema; Node can't copy a value to another thread or process that is some thousand levels deep. */
export const schemaDepthMax = 500;

/**
 * Checks a schema before it is sent anywhere, strict or not, because a failed copy would be an unhandled
 * error.
 *
 * @throws {ServiceError} `unsupported_schema`
 */
export function assertSchemaSize(format: OutputFormat): void {
  if (format.kind !== 'json-schema') return;
  if (isWithinSize(format.schema, { charactersMax: schemaCharactersMax, depthMax: schemaDepthMax })) return;
  throw createUnsupportedSchemaError(
    '',
    `The schema is too large: it has more than ${schemaCharactersMax} characters or ${schemaDepthMax} levels.`,
  );
}

export interface SizeLimits {
  /** Counts texts and names, plus one per value. That is somewhat less than the length of the JSON. */
  readonly charactersMax: number;
  readonly depthMax: number;
}

export function isWithinSize(schema: unknown, limits: SizeLimits): boolean {
  return measureSchema(schema, limits) !== undefined;
}

/** Its characters; undefined: it is beyond the limits. Needs no stack, and stops as soon as it knows. */
export function measureSchema(schema: unknown, { charactersMax, depthMax }: SizeLimits): number | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: schema, depth: 1 }];
  let characters = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') characters += value.length;
    if (characters > charactersMax || depth > depthMax) return undefined;
    if (typeof value !== 'object' || value === null) continue;
    const names = Array.isArray(value) ? [] : Object.keys(value);
    const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    characters += children.length + names.reduce((sum, name) => sum + name.length, 0);
    if (characters > charactersMax) return undefined;
    for (const child of children) open.push({ value: child, depth: depth + 1 });
  }
  return characters;
}
