import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

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
