import { z } from 'zod';
import { configSchema, type Settings, settingMeta, settingNames } from './config.ts';

/** All that a person may know of a setting, in words. */
export interface SettingDescription {
  readonly name: keyof Settings;
  readonly flag: string | undefined;
  readonly environment: string | undefined;
  readonly description: string;
  /** What a value may be, to follow "must be". */
  readonly range: string;
  /** Undefined where there is none, or where it depends on the machine: the description then says so. */
  readonly default: string | undefined;
  /** An address may carry a password, so that nobody should quote the value. */
  readonly mayHoldSecret: boolean;
}

/** The settings in the order of the schema. */
export function describeSettings(): readonly SettingDescription[] {
  const { properties = {} } = z.toJSONSchema(configSchema, { io: 'output' });
  return settingNames.map((name) => {
    const property = properties[name];
    const schema = typeof property === 'object' ? property : {};
    const { flag, environment, description, range = toRange(schema) } = settingMeta(name);
    return {
      name,
      flag,
      environment,
      description,
      range,
      default: toDefault(schema.default),
      mayHoldSecret: schema.format === 'uri',
    };
  });
}

type PropertySchema = Pick<z.core.JSONSchema.BaseSchema, 'type' | 'enum' | 'format' | 'minimum' | 'maximum'>;

function toRange({ type, enum: choices, format, minimum, maximum }: PropertySchema): string {
  if (choices !== undefined) return `one of ${choices.join(', ')}`;
  if (format === 'uri') return 'an address that begins with http:// or https://';
  switch (type) {
    case 'integer':
      return `a whole number from ${minimum} to ${maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'names that are not empty';
    case 'object':
      return 'pairs of NAME=MODEL';
    default:
      return 'a text that is not empty';
  }
}

function toDefault(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? 'none' : String(value);
}
