import { describeSettings, type SettingDescription } from '../src/config/describe-settings.ts';
import { settingGroups } from '../src/config/setting-groups.ts';
import { toCode, toMarkdownTable } from './markdown-table.ts';

/** A file that a server starts with. */
export const configExample = `# ~/.gravix/config.yaml
host: 0.0.0.0
publicUrl: https://llm.example.com
model: smollm2:135m-instruct-q4_1
aliases:
  llama3.1:8b-instruct-fp16: smollm2:135m-instruct-q4_1
  gpt-4o-mini: smollm2:135m-instruct-q4_1
slots: 8
contextLength: 4096
keepAliveMs: 30m
queueWaitMsMax: 90s
requestMsMax: 10m
corsOrigins:
  - https://app.example.com
logLevel: info
`;

const head = `# Settings

Each setting may be given as a flag of \`gravix serve\`, as an environment variable, or under its name in
\`config.yaml\` in the data folder. A flag goes before the environment, the environment before the file, the file
before the default. A value that is out of its range is refused with a sentence; none is changed silently.

Two more come from the environment alone: \`GRAVIX_HOME\` is the data folder, by default \`~/.gravix\`, and
\`GRAVIXLAYER_API_KEY\` is the key that clients present; a server started with it accepts it.

Names that end in \`Ms\`, \`MsMin\`, \`MsMax\` or \`MsTarget\` are durations: \`5m\`, \`30s\`, \`500ms\`, \`1h30m\`, or a number of
milliseconds. Names with \`Bytes\` are in bytes. An example of \`config.yaml\`:

\`\`\`yaml
${configExample}\`\`\`

<!-- Made by \`npm run docs:settings\` from src/config/config.ts. -->

`;

const columns = ['Setting', 'Flag', 'Environment', 'Default', 'Range', 'Meaning'];

/** The text of docs/settings.md, its columns aligned as the formatter wants them. */
export function toSettingsPage(): string {
  const settings = describeSettings();
  const tables = settingGroups.map((group) => {
    const rows = settings.filter((setting) => setting.group === group).map(toCells);
    return `## ${group}\n\n${toMarkdownTable(columns, rows)}`;
  });
  return `${head}${tables.join('\n')}`;
}

function toCells({ name, flag, environment, default: value, range, description }: SettingDescription) {
  return [toCode(name), toCode(flag), toCode(environment), toCode(value), range, description];
}
