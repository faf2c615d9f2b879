import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SourceError } from './pull-error.ts';

/** Enough of a traceback to find its last line, whatever a program writes. */
const errorTextCharactersMax = 16_384;

export interface PythonRun {
  /** The interpreter's name or path. */
  readonly python: string;
  /** The program's text, as for `python3 -c`. */
  readonly program: string;
  readonly programArguments: readonly string[];
  readonly folder: string;
  /** Reads what the program prints; a failure of it ends the program. */
  readonly onOutput: (output: Readable) => Promise<void>;
  /** Aborting it ends the program. */
  readonly signal: AbortSignal;
}

export interface PythonResult {
  /** 1 also when a signal ended the program. */
  readonly exitCode: number;
  /** The end of what it wrote to its error output. */
  readonly errorText: string;
}

/**
 * Runs a Python program without a shell and waits until it has ended, also when it is aborted: nothing of it
 * writes to the folder any more afterwards. Its input stays open as long as we live, and may so be watched.
 * @throws SourceError when there is no such interpreter; the signal's reason; what `onOutput` threw
 */
export async function runPython(run: PythonRun): Promise<PythonResult> {
  run.signal.throwIfAborted();
  const child = spawn(run.python, ['-c', run.program, ...run.programArguments], {
    cwd: run.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  // A program that ends first breaks the pipe of its input, which is no news.
  child.stdin.on('error', () => undefined);
  let errorText = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-errorTextCharactersMax);
  });
  const kill = () => child.kill('SIGKILL');
  run.signal.addEventListener('abort', kill);
  const output = run.onOutput(child.stdout).catch((error: unknown) => {
    kill();
    throw error;
  });
  try {
    const [exit, read] = await Promise.allSettled([ended, output]);
    run.signal.throwIfAborted();
    if (exit.status === 'rejected') throw toStartError(run.python, exit.reason);
    if (read.status === 'rejected') throw read.reason;
    return { exitCode: exit.value, errorText };
  } finally {
    run.signal.removeEventListener('abort', kill);
  }
}

function toStartError(python: string, error: unknown): SourceError {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return new SourceError(
    `${python} ${isMissing ? 'was not found' : 'could not be started'}`,
    'python',
    error,
  );
}
