import { type Command, Option } from 'commander';
import { type Settings, settingMeta, settingNames } from '../config/config.ts';

/** Adds a flag for each setting that has one. Values stay as they were typed: the configuration checks them. */
export function addSettingOptions(
  command: Command,
  names: readonly (keyof Settings)[] = settingNames,
): Command {
  for (const name of names) {
    const { flag, environment, description } = settingMeta(name);
    if (flag !== undefined) {
      const option = new Option(
        `${flag} <value>`,
        `${description}${environment === undefined ? '' : ` [${environment}]`}`,
      );
      command.addOption(name === 'aliases' ? option.argParser(collect) : option);
    }
  }
  return command;
}

/** Flags as commander names them to settings as the configuration names them. */
export function toSettings(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { alias, ...others } = options;
  return { ...others, ...(alias === undefined ? {} : { aliases: alias }) };
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
