import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PullRequest } from '../../src/catalog/pull-model.ts';

export interface PullProcess {
  readonly child: ChildProcess;
  /** Ends when the process has written this word. */
  saw(word: string): Promise<void>;
  /** Ends with the exit code, or with the signal that ended the process. */
  readonly ended: Promise<number | string>;
  output(): string;
}

/** A real process that pulls `request`'s model into `folder`. */
export function startPullProcess(folder: string, request: Omit<PullRequest, 'library'>): PullProcess {
  const program = join(import.meta.dirname, 'pull-child.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, JSON.stringify({ folder, ...request })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = once(child, 'close').then(([exitCode, signal]) => exitCode ?? signal);
  return {
    child,
    ended,
    output: () => output,
    saw: async (word) => {
      while (!output.includes(`${word}\n`)) {
        if (child.exitCode !== null) throw new Error(`The process ended before ${word}: ${output}`);
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
  };
}
