// What the entries of the settings are made of.
import { z } from 'zod';
import { spelledDuration } from './duration.ts';

/** The flag, environment variable and meaning of a setting. docs/settings.md is generated from these. */
export interface SettingMeta {
  readonly flag?: string;
  readonly environment?: string;
  readonly description: string;
  /** The valid values, worded to follow "must be". Set only if it can't be derived from the schema. */
  readonly range?: string;
  /** Never quoted, and not inherited by child processes. */
  readonly isSecret?: boolean;
}

/** Converts the text of a flag or variable to a number. Leaves anything else for the schema to refuse. */
function spelled(value: unknown): unknown {
  return typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
}

export function integer(min: number, max: number) {
  return z.preprocess(spelled, z.number().int().min(min).max(max));
}

/** In milliseconds, or as `5m`, `30s`, `500ms`. */
export function duration(min: number, max: number) {
  return z.preprocess(spelledDuration, z.number().int().min(min).max(max));
}

const truths = new Map<unknown, boolean>([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['off', false],
]);

export const boolean = z.preprocess((value) => truths.get(value) ?? value, z.boolean());

export function setting<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  return schema.meta({ ...meta });
}

export const minuteMs = 60_000;
