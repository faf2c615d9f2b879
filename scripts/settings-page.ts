import { describeSettings, type SettingDescription } from '../src/config/describe-settings.ts';
import { toCode, toMarkdownTable } from './markdown-table.ts';

const head = `# Settings

Each setting may be given as a flag of \`gravix serve\`, as an environment variable, or under its name in
\`config.yaml\` in the data folder. A flag goes before the environment, the environment before the file, the file
before the default. A value that is out of its range is refused with a sentence; none is changed silently.

Two more come from the environment alone: \`GRAVIX_HOME\` is the data folder, by default \`~/.gravix\`, and
\`GRAVIXLAYER_API_KEY\` is the key that clients present; a server started with it accepts it.

Names that end in \`Ms\`, \`MsMin\` or \`MsMax\` are in milliseconds, those with \`Bytes\` in bytes.

<!-- Made by \`npm run docs:settings\` from src/config/config.ts. -->

`;

const columns = ['Setting', 'Flag', 'Environment', 'Default', 'Range', 'Meaning'];

/** The text of docs/settings.md, its columns aligned as the formatter wants them. */
export function toSettingsPage(): string {
  return `${head}${toMarkdownTable(columns, describeSettings().map(toCells))}`;
}

function toCells({ name, flag, environment, default: value, range, description }: SettingDescription) {
  return [toCode(name), toCode(flag), toCode(environment), toCode(value), range, description];
}
