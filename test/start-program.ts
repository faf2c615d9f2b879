import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface StartedProgram<Announced> {
  /** Its first line, which it prints when it serves. */
  readonly announced: Announced;
  /** Ends its standard input, with which it ends. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  /** Of Node.js. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Its standard error; `inherit` by default. */
  readonly errors?: 'inherit' | 'ignore';
}

/** Starts a TypeScript program that prints a line of JSON when it serves. */
export async function startProgram<Announced>(
  path: string,
  programArguments: readonly string[],
  { flags = [], environment = process.env, errors = 'inherit' }: ProgramOptions = {},
): Promise<StartedProgram<Announced>> {
  const child = spawn(process.execPath, [...flags, '--import', 'tsx', path, ...programArguments], {
    env: environment,
    stdio: ['pipe', 'pipe', errors],
  });
  const exited = once(child, 'exit');
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const first = await Promise.race([line, exited.then(() => undefined)]);
  if (first === undefined) throw new Error(`The program ${path} did not start.`);
  return {
    announced: JSON.parse(first[0]) as Announced,
    async stop() {
      child.stdin.end();
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
