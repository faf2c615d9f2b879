import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Vitest's global setup for the tests of the console: they open what the sources say, and not an earlier build. */
export async function setup(): Promise<void> {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'build.mjs');
  await promisify(execFile)(process.execPath, [script]);
}
