import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { nameCommands } from '../app/command-name.ts';
import { openKeyFile } from '../app/local-keys.ts';
import type { Config } from '../config/config.ts';
import { askForConsent } from './ask-for-consent.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { changeText } from './connect/change-text.ts';
import type { Client, ClientFile, ClientSetup } from './connect/client.ts';
import {
  type ClientFileChange,
  planFileChange,
  type WrittenFile,
  writeFileChange,
} from './connect/client-file-change.ts';
import { findConnection, findShortcomings } from './connect/find-connection.ts';
import { listClients } from './connect/list-clients.ts';
import { type SetupView, toDiffText, toSetupText } from './connect/to-setup-text.ts';
import { toKeyFileLine, toOwnKeyLine, toShellLines } from './connect/to-shell-lines.ts';
import { findServerKey, isLocalServer, parseServerUrl, toServerUrl } from './server-address.ts';
import { writeJson } from './show-policy.ts';
import { toLocalUrl } from './to-local-url.ts';
import { toTable } from './to-table.ts';

interface ConnectFlags {
  readonly url?: string;
  readonly model?: string;
  readonly keyEnv: string;
  readonly write: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** `gravix connect [CLIENT]`: the configuration with which a client uses this server. */
export function registerConnectCommand(program: Command, context: CommandContext): void {
  program
    .command('connect')
    .description('show or write the configuration with which a client or a coding agent uses this server')
    .argument('[client]', 'the client; without one, lists the clients')
    .option(
      '--url <url>',
      'URL of the server, without the path of an API; by default the server on this machine',
      parseServerUrl,
    )
    .option('--model <name>', 'model for the client; by default the one in the settings')
    .option(
      '--key-env <variable>',
      'environment variable in which the client finds the key',
      parseVariable,
      'GRAVIXLAYER_API_KEY',
    )
    .option('--write', 'show the change of the files, ask, and write them', false)
    .option('--yes', 'write without asking', false)
    .option('--json', 'print JSON', false)
    .action((name: string | undefined, flags: ConnectFlags) =>
      name === undefined ? showClients(context, flags) : connect(context, findClient(name), flags),
    );
}

function showClients({ output }: CommandContext, { json }: ConnectFlags): void {
  const clients = listClients();
  if (json) {
    writeJson(
      output,
      clients.map(({ name, title, contextTokensMin }) => ({ name, title, contextTokensMin })),
    );
    return;
  }
  const rows = clients.map(({ name, title, contextTokensMin }) => [
    name,
    title,
    contextTokensMin === 0 ? '-' : contextTokensMin.toLocaleString('en-US'),
  ]);
  output.write(toTable(['CLIENT', 'NAME', 'CONTEXT FROM'], rows));
}

function findClient(name: string): Client {
  const clients = listClients();
  const client = clients.find((known) => known.name === name.toLowerCase());
  if (client !== undefined) return client;
  const names = clients.map((known) => known.name).join(', ');
  throw new Error(`There is no client ${name}. There are: ${names}.`);
}

async function connect(context: CommandContext, client: Client, flags: ConnectFlags): Promise<void> {
  const { output, errorOutput, environment, commandName } = context;
  const config = context.loadConfigWithoutKeys();
  const serverUrl = toServerUrl(flags.url ?? toLocalUrl(config));
  const { keyEnv: keyVariable, model } = flags;
  const key = environment[keyVariable] || (await findServerKey(config, serverUrl));
  const found = await findConnection(config, { serverUrl, key, keyVariable, model });
  const { platform } = process;
  const setup = client.setUp(found.connection, {
    home: homedir(),
    environment,
    platform,
    exists: existsSync,
  });
  const view: SetupView = {
    client: client.name,
    title: client.title,
    files: setup.files.map(toFileView),
    commands: [
      ...toKeyLines(config, { serverUrl, keyVariable, environment }),
      ...toShellLines(setup.commands, platform),
    ],
    notes: setup.notes,
    warnings: [...found.warnings, ...findShortcomings(client, found.connection)],
  };
  for (const warning of view.warnings) {
    errorOutput.write(nameCommands(`Warning: ${warning}\n`, commandName));
  }
  if (flags.write) {
    await write(context, { setup, view }, flags);
  } else if (flags.json) {
    writeJson(output, view);
  } else {
    output.write(nameCommands(toSetupText(view), commandName));
  }
}

function toFileView({ path, format, changes }: ClientFile): { path: string; content: string } {
  return { path, content: changeText(format, '', changes) };
}

/** How the key gets into its variable. It is never printed. */
function toKeyLines(
  config: Config,
  {
    serverUrl,
    keyVariable,
    environment,
  }: { serverUrl: string; keyVariable: string } & Pick<CommandContext, 'environment'>,
): readonly string[] {
  if (environment[keyVariable]) return [];
  const { path } = openKeyFile(config);
  return isLocalServer(config, serverUrl) && existsSync(path)
    ? [toKeyFileLine(keyVariable, path, process.platform)]
    : [toOwnKeyLine(keyVariable, process.platform)];
}

async function write(
  context: CommandContext,
  { setup, view }: { readonly setup: ClientSetup; readonly view: SetupView },
  { yes, json }: ConnectFlags,
): Promise<void> {
  const { output, commandName } = context;
  const show = (text: string) => json || output.write(nameCommands(text, commandName));
  if (setup.files.length === 0) {
    throw new Error(
      `${view.title} has no file to write. Use the commands that \`gravix connect ${view.client}\` prints.`,
    );
  }
  const plans = await Promise.all(setup.files.map(planFileChange));
  const changes = plans.filter(({ before, after }) => before !== after);
  for (const { path } of plans.filter((plan) => !changes.includes(plan))) show(`${path} needs no change.\n`);
  for (const change of changes) show(`${toDiffText(change)}\n`);
  const written = changes.length === 0 ? [] : await writeAll(context, changes, yes);
  if (json) {
    writeJson(output, { ...view, written });
    return;
  }
  for (const { path, backupPath } of written) {
    show(`Wrote ${path}${backupPath === undefined ? '' : `; the file as it was is ${backupPath}`}.\n`);
  }
  show(`\n${toSetupText({ ...view, files: [] })}`);
}

async function writeAll(
  { input, output, errorOutput }: CommandContext,
  changes: readonly ClientFileChange[],
  isAgreed: boolean,
): Promise<readonly WrittenFile[]> {
  if (!isAgreed) {
    if (!(input.isTTY && output.isTTY)) {
      throw new Error('Nothing was written: without a terminal to ask on, add --yes.');
    }
    const question = changes.length === 1 ? 'Write this file?' : `Write these ${changes.length} files?`;
    if (!(await askForConsent({ input, output }, question))) {
      errorOutput.write('Nothing was written.\n');
      throw new CommandExit(1);
    }
  }
  const nowMs = Date.now();
  const written: WrittenFile[] = [];
  for (const change of changes) written.push(await writeFileChange(change, nowMs));
  return written;
}

function parseVariable(text: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) {
    throw new InvalidArgumentError('Write the name of an environment variable, such as GRAVIXLAYER_API_KEY.');
  }
  return text;
}
