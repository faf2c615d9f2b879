import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testModelBlob, testModelPath, testModelsFolder } from './test-model.ts';

/** Generous: a loaded machine with two cores starts the server in seconds, and a quiet one in less. */
const startMsMax = 60_000;

/**
 * Threads of an engine wait for each other by spinning: two of them on two cores that something else uses too, such
 * as the rest of the tests, were measured eight times slower than one.
 */
const engineThreads = '1';

export interface ServerProcessOptions {
  /** Flags behind `serve`. The port is a free one unless they name one. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The checkout whose build is started; its own by default. */
  readonly checkout?: string;
  /** A file for its log, which is then nowhere else. */
  readonly logPath?: string;
  /** A program with its words, which then runs the words behind them: the server. */
  readonly launcher?: readonly string[];
  /** A data folder that stays; without it the server gets one of its own, removed at `stop`. */
  readonly home?: string;
}

/** A real server in a process of its own, with the real model. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly home: string;
  readonly key: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Of the engine's process, a child of the server's; undefined while there is none. */
  enginePid(): number | undefined;
  /** What it has written to standard output. */
  output(): string;
  /** What it has written to standard error, where the log goes. */
  logs(): string;
  /** SIGTERM, and its outcome as in `exited`. */
  stop(): Promise<number | string>;
}

/** Outcome of a command that ran to its end. */
export interface CommandOutcome {
  readonly exit: number | string;
  readonly output: string;
  readonly errors: string;
}

/** A new data folder that has the test model and nothing else. */
export async function createTestHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'gravix-home-'));
  const models = join(home, 'models');
  await mkdir(join(models, 'blobs'), { recursive: true });
  await symlink(testModelPath(), join(models, 'blobs', testModelBlob));
  await cp(join(testModelsFolder, 'manifests'), join(models, 'manifests'), { recursive: true });
  return home;
}

/** `config.yaml` of a data folder, before its server starts. */
export async function writeConfig(home: string, yaml: string): Promise<void> {
  await writeFile(join(home, 'config.yaml'), yaml);
}

export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const { flags = [], environment = {} } = options;
  const home = options.home ?? (await createTestHome());
  const portFlags = flags.includes('--port') ? [] : ['--port', '0'];
  const running = runGravix(
    ['serve', ...portFlags, ...flags],
    { ...environment, GRAVIX_HOME: home },
    options,
  );
  const { child } = running;
  const exited = running.finished.then(async ({ exit, output, errors }) => {
    assertNoSecret(output + errors, { home, environment });
    if (options.home === undefined) await rm(home, { recursive: true, force: true });
    return exit;
  });
  const url = await waitForUrl(running);
  return {
    url,
    port: Number(new URL(url).port),
    home,
    key: environment['GRAVIXLAYER_API_KEY'] ?? readFileSync(join(home, 'key'), 'utf8').trim(),
    pid: child.pid ?? 0,
    process: child,
    exited,
    enginePid: () => findEnginePid(child.pid ?? 0),
    output: running.output,
    logs: running.errors,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Values of variables that are secrets, and anything that looks like a key of ours. */
const secretVariable = /KEY|SECRET|TOKEN|PASSWORD/;
const keyShape = /gx-[\w-]{40,}/;

/** No output of a server has a key: not its own ones, not those of its clients, and not those of its upstreams. */
function assertNoSecret(
  text: string,
  { home, environment }: { readonly home: string; readonly environment: Readonly<Record<string, string>> },
): void {
  const keyPath = join(home, 'key');
  const own = existsSync(keyPath) ? [readFileSync(keyPath, 'utf8').trim()] : [];
  const given = Object.entries(environment).flatMap(([name, value]) =>
    secretVariable.test(name) && value.length >= 8 ? [value] : [],
  );
  const found =
    [...own, ...given].find((secret) => secret !== '' && text.includes(secret)) ?? keyShape.exec(text)?.[0];
  if (found !== undefined) throw new Error(`The output of a server has the secret ${found.slice(0, 8)}….`);
}

/** Runs one command of the built command line to its end; one that would run on is killed. */
export function runCommand(
  commandArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  const { child, finished } = runGravix(commandArguments, environment);
  const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax);
  return finished.finally(() => clearTimeout(timer));
}

interface RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<CommandOutcome>;
  output(): string;
  errors(): string;
}

function runGravix(
  commandArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
  {
    checkout = join(import.meta.dirname, '..'),
    logPath,
    launcher = [],
  }: Pick<ServerProcessOptions, 'checkout' | 'logPath' | 'launcher'> = {},
): RunningCommand {
  const log = logPath === undefined ? undefined : openSync(logPath, 'a');
  const words = [...launcher, process.execPath, builtEntry(checkout), ...commandArguments];
  const child = spawn(words[0] ?? '', words.slice(1), {
    env: { ...withoutOwnSettings(process.env), GRAVIX_THREADS: engineThreads, ...environment },
    stdio: ['ignore', 'pipe', log ?? 'pipe'],
  });
  if (log !== undefined) closeSync(log);
  // A test run that is stopped leaves no server behind.
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('close', () => process.off('exit', killWithUs));
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const finished = new Promise<CommandOutcome>((resolve) => {
    child.once('close', (code, signal) => resolve({ exit: code ?? String(signal), output, errors }));
  });
  return { child, finished, output: () => output, errors: () => errors };
}

/** The built program and not the sources: it is what users run, and it starts in half the time. */
function builtEntry(checkout: string): string {
  const entry = join(checkout, 'dist', 'main.js');
  if (!existsSync(entry)) throw new Error(`There is no ${entry}. Run \`npm run build\` there first.`);
  return entry;
}

/** Settings of whoever runs the tests are not the server's. */
function withoutOwnSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOwn = (name: string) => name.startsWith('GRAVIX') || name === 'PORT' || name === 'NODE_OPTIONS';
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isOwn(name)));
}

async function waitForUrl({ child, finished, output, errors }: RunningCommand): Promise<string> {
  const giveUpAtMs = performance.now() + startMsMax;
  let exit: number | string | undefined;
  void finished.then((outcome) => {
    exit = outcome.exit;
  });
  while (exit === undefined && performance.now() < giveUpAtMs) {
    // Without a terminal every line is JSON.
    const url = /"msg":"listening on (http:[^"\s]+)"/.exec(output())?.[1];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`The server did not start (exit: ${exit}).\n${output()}\n${errors()}`);
}

/** Linux tells a process's children; elsewhere the tests that need it can't run. */
function findEnginePid(serverPid: number): number | undefined {
  const children = readFileSync(`/proc/${serverPid}/task/${serverPid}/children`, 'utf8').trim();
  return children === '' ? undefined : Number(children.split(' ')[0]);
}
