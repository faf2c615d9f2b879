import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const projectRoot = join(import.meta.dirname, '..', '..');

/** Inside the project, where a sample finds the installed packages. */
const workFolder = join(projectRoot, '.cache');

const printedOrigin = 'http://127.0.0.1:4728';

export type SampleLanguage = 'python' | 'js' | 'sh';

const fileNames = { python: 'sample.py', js: 'sample.mjs', sh: 'sample.sh' } as const;

/**
 * The code blocks of a page in one language, in their order. `guide` is the page's path from the root of the project.
 * Shell commands that ask the server nothing set something up, and are no samples.
 */
export function readSamples(guide: string, language: SampleLanguage): string[] {
  return readBlocks(guide, language).filter(
    (code) => language !== 'sh' || code.includes(`${printedOrigin}/v1/`),
  );
}

/** What a page says that its samples print. */
export function readPrintedTexts(guide: string): string[] {
  return readBlocks(guide, 'text');
}

/** Every code block with this word behind its first fence, also in a list, without its indentation. */
export function readBlocks(guide: string, language: string): string[] {
  const text = readFileSync(join(projectRoot, guide), 'utf8');
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , of]) => of === language)
    .map(([, indentation = '', , code = '']) => code.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''));
}

export interface SampleServer {
  readonly url: string;
  readonly key: string;
}

/** Runs a sample unchanged but for the address of the server; gives what it printed. */
export async function runSample(
  sample: string,
  language: SampleLanguage,
  program: string,
  server: SampleServer,
): Promise<string> {
  if (sample.split(printedOrigin).length !== 2) {
    throw new Error(`A sample must name ${printedOrigin} once.`);
  }
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(join(workFolder, 'sample-'));
  try {
    const path = join(folder, fileNames[language]);
    await writeFile(path, sample.replace(printedOrigin, server.url));
    const env = { ...process.env, GRAVIXLAYER_API_KEY: server.key };
    const { stdout } = await run(program, [path], { env, maxBuffer: 16 * 1024 ** 2 });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
