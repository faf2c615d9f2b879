import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SourceError } from './pull-error.ts';

/** Enough to find the last line of a traceback, whatever the program writes. */
const errorTextCharactersMax = 16_384;

export interface PythonRun {
  /** The interpreter's name or path. */
  readonly python: string;
  /** The program's text, as for `python3 -c`. */
  readonly program: string;
  readonly programArguments: readonly string[];
  readonly folder: string;
  /** Reads the output of the program. An error from it ends the program. */
  readonly onOutput: (output: Readable) => Promise<void>;
  /** Aborting it ends the program. */
  readonly signal: AbortSignal;
}

export interface PythonResult {
  /** Also 1 if a signal ended the program. */
  readonly exitCode: number;
  /** The end of its error output. */
  readonly errorText: string;
}

/**
 * Runs a Python program without a shell and waits for its end, even after an abort, so that it can't write to
 * the folder afterwards. Its input stays open while this process lives, so the program can detect our end.
 * @throws SourceError if the interpreter is missing; the signal's reason; errors from `onOutput`
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
  // A program that ends first breaks the pipe of its input. That is expected.
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
