import { type Config, configSchema, type Settings } from '../config/config.ts';
import { describeSettings, type SettingDescription } from '../config/describe-settings.ts';
import type { ShownSetting } from '../protocol/openai/admin/settings.ts';
import { reloadable } from './reload-config.ts';

/**
 * Lists what each setting is now, and where it comes from. What may hold a secret is not shown. The descriptions are made for
 * the first list only: they come from a JSON Schema of all settings.
 */
export function createSettingList(readConfig: () => Config): () => readonly ShownSetting[] {
  let described: Described | undefined;
  return () => {
    described ??= { settings: describeSettings(), defaults: configSchema.parse({}) };
    return listSettings(readConfig(), described);
  };
}

interface Described {
  readonly settings: readonly SettingDescription[];
  readonly defaults: Settings;
}

function listSettings(config: Config, { settings, defaults }: Described): readonly ShownSetting[] {
  return settings.map(({ name, group, description, range, flag, environment, mayHoldSecret }) => {
    const origin = config.settingOrigins.get(name);
    return {
      name,
      group,
      description,
      range,
      flag,
      environment,
      isHidden: mayHoldSecret,
      isSet: config[name] !== undefined,
      value: mayHoldSecret ? undefined : withoutSecrets(config[name]),
      default: mayHoldSecret ? undefined : defaults[name],
      source: origin?.source ?? 'default',
      sourceName: origin?.name,
      isReloadable: reloadable.has(name),
    };
  });
}

/** Addresses of upstreams are refused with a password in them; a query may still have one. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return hideInUrl(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutSecrets(part)]));
}

function hideInUrl(text: string): string {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return text;
  return text.replace(/\/\/[^/\s]*@/, '//…@').replace(/[?#].*$/s, '?…');
}
