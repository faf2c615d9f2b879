import { z } from 'zod';

const sources = ['default', 'file', 'environment', 'flag'] as const;

const wireSettingSchema = z
  .object({
    name: z.string().describe('As in `config.yaml`.'),
    object: z.literal('setting'),
    group: z.string(),
    description: z.string(),
    range: z.string().describe('The valid values, worded to follow "must be".'),
    value: z
      .unknown()
      .describe(
        'In the form of `config.yaml`; durations in milliseconds. Null: not set, or it may hold a secret.',
      ),
    default: z.unknown().describe('Null: there is none, or it depends on the machine.'),
    set: z.boolean().describe('It has a value.'),
    hidden: z.boolean().describe('It may hold a secret: its value is never shown.'),
    source: z.enum(sources).describe('`file`: `config.yaml`.'),
    source_name: z.string().nullable().describe('Of the variable or the flag, such as `GRAVIX_SLOTS`.'),
    flag: z.string().nullable(),
    environment: z.string().nullable(),
    reloadable: z.boolean().describe('A reload of the configuration applies it; others need a restart.'),
  })
  .meta({ id: 'Setting' });

export const settingListSchema = z
  .object({ object: z.literal('list'), data: z.array(wireSettingSchema) })
  .meta({ id: 'SettingList' });

export interface ShownSetting {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly range: string;
  readonly flag: string | undefined;
  readonly environment: string | undefined;
  readonly isHidden: boolean;
  readonly isSet: boolean;
  /** Undefined where it is hidden. */
  readonly value: unknown;
  readonly default: unknown;
  readonly source: (typeof sources)[number];
  readonly sourceName: string | undefined;
  readonly isReloadable: boolean;
}

export function toSettingList(settings: readonly ShownSetting[]): z.infer<typeof settingListSchema> {
  return {
    object: 'list',
    data: settings.map((setting) => ({
      name: setting.name,
      object: 'setting',
      group: setting.group,
      description: setting.description,
      range: setting.range,
      value: setting.value ?? null,
      default: setting.default ?? null,
      set: setting.isSet,
      hidden: setting.isHidden,
      source: setting.source,
      source_name: setting.sourceName ?? null,
      flag: setting.flag ?? null,
      environment: setting.environment ?? null,
      reloadable: setting.isReloadable,
    })),
  };
}
