import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { nameCommands } from '../app/command-name.ts';
import type { Config } from '../config/config.ts';
import { checkDatabase } from './check-database.ts';
import { checkEngine, checkMemory, checkModel } from './check-engine.ts';
import { checkKey } from './check-key.ts';
import { checkDisk, checkNode, checkPort } from './check-machine.ts';
import { checkPlatform, checkPython } from './check-platform.ts';
import { checkUpstreams } from './check-upstreams.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { findAgentSubject } from './doctor/agent-subject.ts';
import { listAgentChecks } from './doctor/list-agent-checks.ts';
import type { CheckFinding, DoctorCheck } from './doctor-check.ts';
import { parseServerUrl, toServerUrl } from './server-address.ts';
import { addSettingOptions, toSettings } from './setting-options.ts';
import { toLocalUrl } from './to-local-url.ts';

interface DoctorFlags extends Readonly<Record<string, unknown>> {
  readonly json?: boolean;
  readonly for?: 'agents';
  readonly url?: string;
}

interface NamedFinding extends CheckFinding {
  readonly name: string;
}

/**
 * `gravix doctor`: checks whether a server can run here, and explains how to fix problems. Exit code 1 if a
 * check fails.
 */
export function registerDoctorCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .description('check whether this machine can serve, and report problems');
  addSettingOptions(command, ['host', 'port', 'model', 'slots', 'contextLength'])
    .addOption(
      new Option(
        '--for <use>',
        'check what a use needs: the model, its context and the requests of coding agents',
      ).choices(['agents']),
    )
    .option('--url <url>', 'with --for agents: URL of a server elsewhere', parseServerUrl)
    .option('--json', 'print JSON')
    .action(async ({ json, for: use, url, ...options }: DoctorFlags) => {
      const { output } = context;
      if (url !== undefined && use === undefined) throw new Error('--url needs --for agents.');
      const flags = toSettings(options);
      const findings: NamedFinding[] = [];
      const examined = use === undefined ? examine(context, flags) : examineForAgents(context, flags, url);
      for await (const finding of examined) {
        const named = nameInFinding(finding, context);
        findings.push(named);
        if (json !== true) output.write(toLine(named));
      }
      const isHealthy = findings.every(({ status }) => status !== 'fail');
      if (json === true) output.write(`${JSON.stringify({ isHealthy, checks: findings }, undefined, 2)}\n`);
      if (!isHealthy) throw new CommandExit(1);
    });
}

/**
 * Runs the checks one by one, so that each line appears as soon as it is known. A checksum may take a while.
 */
async function* examine(
  { loadConfig }: CommandContext,
  flags: Readonly<Record<string, unknown>>,
): AsyncGenerator<NamedFinding> {
  yield await runCheck({ name: 'node', run: () => checkNode(process.versions.node) });
  const platform = { system: process.platform, architecture: process.arch };
  yield await runCheck({ name: 'platform', run: () => checkPlatform(platform) });
  let config: Config;
  try {
    config = loadConfig(flags);
  } catch (error) {
    yield { name: 'config', ...toFailure(error), wayOut: 'Fix it first; the other checks need it.' };
    return;
  }
  for (const check of listChecks(config)) yield await runCheck(check);
}

/** Of a running server, or of the settings that one would start with. */
async function* examineForAgents(
  { loadConfig }: CommandContext,
  flags: Readonly<Record<string, unknown>>,
  url: string | undefined,
): AsyncGenerator<NamedFinding> {
  const config = loadConfig(flags);
  const wanted = typeof flags['model'] === 'string' ? flags['model'] : undefined;
  const subject = await findAgentSubject(config, toServerUrl(url ?? toLocalUrl(config)), wanted);
  for (const check of listAgentChecks(subject)) yield await runCheck(check);
}

function listChecks(config: Config): readonly DoctorCheck[] {
  return [
    {
      name: 'config',
      run: async () => ({
        status: 'ok',
        message: `The settings are valid (environment, flags and ${join(config.home, 'config.yaml')}, if it exists).`,
      }),
    },
    { name: 'disk', run: () => checkDisk(config) },
    ...listModelChecks(config),
    { name: 'port', run: () => checkPort(config) },
    { name: 'database', run: () => checkDatabase(config) },
    { name: 'key', run: () => checkKey(config) },
  ];
}

/** A server whose models are all at upstreams needs no engine. */
function listModelChecks(config: Config): readonly DoctorCheck[] {
  const upstreams = { name: 'upstreams', run: () => checkUpstreams(config) };
  const model = [
    { name: 'model', run: () => checkModel(config) },
    { name: 'python', run: () => checkPython(config) },
    { name: 'engine', run: () => checkEngine(config) },
    { name: 'memory', run: () => checkMemory(config) },
  ];
  if (!config.loadsModel) return [upstreams];
  return Object.keys(config.upstreams).length === 0 ? model : [...model, upstreams];
}

async function runCheck({ name, run }: DoctorCheck): Promise<NamedFinding> {
  try {
    return { name, ...(await run()) };
  } catch (error) {
    return { name, ...toFailure(error) };
  }
}

function toFailure(error: unknown): CheckFinding {
  return { status: 'fail', message: error instanceof Error ? error.message : String(error) };
}

function nameInFinding(
  { message, wayOut, ...finding }: NamedFinding,
  { commandName }: CommandContext,
): NamedFinding {
  const name = (text: string) => nameCommands(text, commandName);
  return { ...finding, message: name(message), ...(wayOut === undefined ? {} : { wayOut: name(wayOut) }) };
}

/** Of the longest name that is no exception. */
const nameWidth = 8;

function toLine({ status, name, message, wayOut }: NamedFinding): string {
  return `${status.padEnd(4)}  ${name.padEnd(nameWidth)}  ${message}${wayOut === undefined ? '' : ` ${wayOut}`}\n`;
}
