import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export interface KeyStoreProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed up to now. */
  printed(): string;
  /** Its exit code and all that it printed. */
  finished(): Promise<{ exitCode: number | null; output: string; errors: string }>;
}

export function spawnKeyStoreProcess(...processArguments: readonly string[]): KeyStoreProcess {
  const program = fileURLToPath(new URL('./key-store-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...processArguments]);
  const closed = once(child, 'close');
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  return {
    child,
    printed: () => output,
    async finished() {
      await closed;
      return { exitCode: child.exitCode, output, errors };
    },
  };
}

/** Runs so many processes with these arguments, which begin their work at the same instant. */
export async function startTogether(count: number, ...processArguments: readonly string[]) {
  const racers = Array.from({ length: count }, () => spawnKeyStoreProcess(...processArguments));
  await expect
    .poll(() => racers.filter((racer) => racer.printed() === 'ready\n').length, { timeout: 15_000 })
    .toBe(count);
  const startMs = Date.now() + 100;
  for (const { child } of racers) {
    child.stdin.write(`${startMs}\n`);
  }
  return await Promise.all(racers.map((racer) => racer.finished()));
}
