import { type Config, configSchema } from '../config/config.ts';
import { describeSettings } from '../config/describe-settings.ts';
import type { ShownSetting } from '../protocol/openai/admin/settings.ts';
import { reloadable } from './reload-config.ts';

/** What each setting is now, and where it comes from. What may hold a secret is not shown. */
export function listSettings(config: Config): readonly ShownSetting[] {
  const defaults = configSchema.parse({});
  return describeSettings().map(({ name, group, description, range, flag, environment, mayHoldSecret }) => {
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
