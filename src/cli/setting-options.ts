import { type Command, Option } from 'commander';
import { type Settings, settingNames } from '../config/config.ts';
import { describeSettings, type SettingDescription } from '../config/describe-settings.ts';

/** Settings with several values. Repeating the flag adds values. */
const repeatable: readonly (keyof Settings)[] = ['aliases', 'preload', 'pinned', 'corsOrigins'];

/** Adds a flag for each setting that has one. Values stay text; the configuration checks them. */
export function addSettingOptions(
  command: Command,
  names: readonly (keyof Settings)[] = settingNames,
): Command {
  for (const setting of describeSettings()) {
    const { name, flag } = setting;
    if (flag !== undefined && names.includes(name)) {
      const option = new Option(`${flag} <value>`, toHelp(setting)).helpGroup(`${setting.group}:`);
      command.addOption(repeatable.includes(name) ? option.argParser(collect) : option);
    }
  }
  return command;
}

function toHelp({ description, default: value, environment }: SettingDescription): string {
  const details = [value === undefined ? [] : [`default ${value}`], environment ?? []].flat();
  return details.length === 0 ? description : `${description} [${details.join(', ')}]`;
}

/** Maps commander's flag names to setting names. */
export function toSettings(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { alias, ...others } = options;
  return { ...others, ...(alias === undefined ? {} : { aliases: alias }) };
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
