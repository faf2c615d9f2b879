import { type ChildProcess, fork } from 'node:child_process';

/** The programs of engine-process/: `main` serves a model, `inspect` answers one question. */
export type EngineEntry = 'main' | 'inspect';

export interface ForkOptions {
  /** The environment of the process, without secrets. */
  readonly environment: NodeJS.ProcessEnv;
  /** A line that the native code wrote; for the log only. */
  readonly onOutput: (line: string) => void;
}

/** A line of native output is cut to this many characters. */
const outputLineMax = 500;

/** Starts an entry of the engine process with `argument`, which crosses as JSON. */
export function forkEngineEntry(
  entry: EngineEntry,
  argument: object,
  { environment, onOutput }: ForkOptions,
): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(`./engine-process/${entry}.${isSource ? 'ts' : 'js'}`, import.meta.url);
  const child = fork(url, [JSON.stringify(argument)], {
    // Decodes and samples run on libuv's pool. One thread runs them in queue order. A library with OpenMP
    // creates a team for each thread: with the default of four threads, a token took twice as long.
    env: { ...environment, UV_THREADPOOL_SIZE: '1' },
    execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        if (line.trim() !== '') {
          onOutput(line.slice(0, outputLineMax));
        }
      }
    });
  }
  return child;
}

/** How a process ended, in words for a log. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
