import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerProcess } from '../server-process.ts';

const run = promisify(execFile);
const seedsFolder = join(import.meta.dirname, 'seeds');

/** Inside the project, where a sample's `import OpenAI from "openai"` finds the installed package. */
const workFolder = join(import.meta.dirname, '..', '..', '.cache');

const printedOrigin = 'https://api.gravixlayer.com';

/** A sample of the API's documents as it is printed. */
export function readSeed(file: string): string {
  return readFileSync(join(seedsFolder, file), 'utf8');
}

/** Runs a sample unchanged but for the base URL, with the key where it looks for it; gives what it printed. */
export async function runSeed(file: string, program: string, server: ServerProcess): Promise<string> {
  const printed = readSeed(file);
  if (printed.split(printedOrigin).length !== 2) throw new Error(`${file} must name ${printedOrigin} once.`);
  const folder = await mkdtemp(join(workFolder, 'seed-'));
  try {
    const path = join(folder, file);
    await writeFile(path, printed.replace(printedOrigin, server.url));
    const env = { ...process.env, GRAVIXLAYER_API_KEY: server.key };
    const { stdout } = await run(program, [path], { env, maxBuffer: 16 * 1024 ** 2 });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
