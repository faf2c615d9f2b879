import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isServerBuilt } from '../../scripts/prepare.mjs';
import { createTemporaryFolder } from '../temporary-folder.ts';

const checkout = join(import.meta.dirname, '..', '..');

let program: readonly string[] | undefined;

/** What `npm test` has built starts in half the time; after a change the source runs. */
function findProgram(): readonly string[] {
  return isServerBuilt()
    ? [join(checkout, 'dist', 'main.js')]
    : ['--import', 'tsx', join(checkout, 'src', 'main.ts')];
}

/** A `gravix` of its own process, without a terminal. */
export interface CommandLineProcess {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** One line of input. */
  type(line: string): void;
  endInput(): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves once what it wrote, both streams together, matches. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves with the exit code once it has ended and all it wrote is read. */
  ended(): Promise<number | null>;
}

export interface CommandLineOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** GRAVIX_HOME; by default an empty folder. */
  readonly home?: string;
  /** It belongs to no terminal, as under a service manager. Default: to that of the tests, if there is one. */
  readonly hasNoTerminal?: boolean;
}

/** Nothing of the context reaches it: no settings, no key. */
export function startCommandLine(
  words: readonly string[],
  { environment = {}, home = createTemporaryFolder(), hasNoTerminal = false }: CommandLineOptions = {},
): CommandLineProcess {
  program ??= findProgram();
  const child = spawn(process.execPath, [...program, ...words], {
    detached: hasNoTerminal,
    env: { PATH: process.env['PATH'], HOME: home, GRAVIX_HOME: home, ...environment },
  });
  const closed = once(child, 'close');
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      for (const listener of listeners) listener();
    });
  }
  return {
    pid: child.pid ?? 0,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    type: (line) => child.stdin.write(`${line}\n`),
    endInput: () => child.stdin.end(),
    signal: (name) => child.kill(name),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const isThere = () => pattern.test(written.stdout + written.stderr);
        const look = () => {
          if (isThere()) {
            listeners.delete(look);
            resolve();
          }
        };
        listeners.add(look);
        look();
        closed.then(
          () =>
            isThere() || reject(new Error(`It ended without ${pattern}: ${written.stdout}${written.stderr}`)),
          reject,
        );
      }),
    ended: async () => {
      const [exitCode] = await closed;
      return exitCode;
    },
  };
}

/** Runs a command to its end. */
export async function runCommand(
  words: readonly string[],
  options?: CommandLineOptions,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const command = startCommandLine(words, options);
  command.endInput();
  const exitCode = await command.ended();
  return { exitCode, stdout: command.stdout(), stderr: command.stderr() };
}
