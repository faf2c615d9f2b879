import { type Settings, settingMeta, settingNames } from './config.ts';
import { toDuration } from './duration.ts';
import { type FieldSchema, toConfigJsonSchema } from './field-schema.ts';
import { type SettingGroup, settingGroup } from './setting-groups.ts';

/** A setting described for people. */
export interface SettingDescription {
  readonly name: keyof Settings;
  readonly group: SettingGroup;
  readonly flag: string | undefined;
  readonly environment: string | undefined;
  readonly description: string;
  /** The valid values, worded to follow "must be". */
  readonly range: string;
  /** Undefined if there is none, or if it depends on the machine; the description then explains it. */
  readonly default: string | undefined;
  /** A URL may contain a password, so messages must not quote the value. */
  readonly mayHoldSecret: boolean;
}

/** The settings in the order of the schema. */
export function describeSettings(): readonly SettingDescription[] {
  const { properties = {} } = toConfigJsonSchema();
  return settingNames.map((name) => {
    const schema = properties[name] ?? {};
    const meta = settingMeta(name);
    const { flag, environment, description, range = toRange(name, schema), isSecret = false } = meta;
    return {
      name,
      group: settingGroup[name],
      flag,
      environment,
      description,
      range,
      default: toDefault(name, schema.default),
      mayHoldSecret: isSecret || schema.format === 'uri',
    };
  });
}

/** A field inside a setting that only config.yaml can have. */
export interface FieldDescription {
  /** From the setting on, such as `timeouts.connectMs`. */
  readonly name: string;
  readonly description: string;
  readonly range: string;
  readonly default: string | undefined;
  readonly isRequired: boolean;
}

/** The fields of a mapping, and those of mappings in it. Lists of mappings are described on their own. */
export function describeFields({ properties = {}, required = [] }: FieldSchema): readonly FieldDescription[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const isRequired = required.includes(name) && schema.default === undefined;
    const { description = '' } = schema;
    const field = { name, description, range: describeRange(name, schema), isRequired };
    const inner = describeFields(schema).map((part) => ({ ...part, name: `${name}.${part.name}` }));
    return [{ ...field, default: toDefault(name, schema.default) }, ...inner];
  });
}

/** The valid values, worded to follow "must be". */
export function describeRange(name: string, schema: FieldSchema): string {
  return schema.range ?? toRange(name, schema);
}

/** Names end in their unit, optionally followed by the kind of limit. */
function isDuration(name: string): boolean {
  return /Ms(Min|Max|Target)?$/.test(name);
}

function toRange(
  name: string,
  { type, enum: choices, format, minimum = 0, maximum = 0, maxLength }: FieldSchema,
): string {
  if (isDuration(name)) {
    const range = `a duration from ${toDuration(Math.max(0, minimum))} to ${toDuration(maximum)}`;
    const more = minimum < 0 ? `, or ${minimum}` : '';
    return `${range}, such as 90s or 1m30s (a number is milliseconds)${more}`;
  }
  if (choices !== undefined) return `one of ${choices.join(', ')}`;
  if (format === 'uri') return 'a URL that starts with http:// or https://';
  switch (type) {
    case 'integer':
      return `a whole number from ${minimum} to ${maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list of non-empty names';
    case 'object':
      return 'pairs of NAME=MODEL';
    default:
      return maxLength === undefined ? 'a non-empty text' : `a text of 1 to ${maxLength} characters`;
  }
}

function toDefault(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (isDuration(name) && typeof value === 'number') return toDuration(value);
  return typeof value === 'object' ? 'none' : String(value);
}
