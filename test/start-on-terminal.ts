import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

const repository = join(import.meta.dirname, '..');

/** A server on a terminal, as people start it. It ends with the test. */
export async function startOnTerminal(home: string, ...flags: string[]) {
  const words = [process.execPath, join(repository, 'dist', 'main.js'), 'serve', '--port', '0', ...flags];
  const child = spawn('python3', [join(import.meta.dirname, 'e2e', 'terminal.py'), ...words], {
    env: { PATH: process.env['PATH'], HOME: home, GRAVIX_HOME: home, GRAVIX_THREADS: '1' },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let shown = '';
  child.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString().replaceAll('\r\n', '\n');
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const until = async (pattern: RegExp) => {
    while (!pattern.test(shown)) {
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${shown}`);
      await sleep(20);
    }
  };
  await until(/listening on http\S+\n/);
  return { shown: () => shown, type: (text: string) => child.stdin.write(text), until, exited };
}
