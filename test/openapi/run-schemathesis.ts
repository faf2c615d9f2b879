import { type ExecFileOptions, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SchemathesisOptions {
  /** Of an environment that has the packages of python-requirements.txt. */
  readonly python: string;
  /** The server under test, such as `http://127.0.0.1:4728`, a key of it and a model that it serves. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  /** `coverage`: each bound of each schema. `fuzzing`: requests that are made up. */
  readonly phases: readonly ('examples' | 'coverage' | 'fuzzing')[];
  /** Requests that are made up for each operation. */
  readonly examples: number;
  /** The same requests each time; absent: others each time. */
  readonly seed?: number;
  readonly timeoutMs: number;
  /** Operations whose paths match are left out. */
  readonly excludedPaths?: RegExp;
}

/**
 * For a chat model: it makes no embeddings, events of models never end, and nobody is to remove the model that is asked.
 * Keys are left out too: a made-up change may be one of the key that is used. So is the summary of a conversation, which a small
 * model may not write in a few tokens.
 */
export const pathsLeftOut = /\/(?:embeddings|responses\/compact|models\/.*|(?:admin|organization)\/.*)$/;

export interface SchemathesisReport {
  /** 0: it found nothing. */
  readonly exitCode: number;
  /** What it says of its failures, each with a curl line, and the seed. */
  readonly report: string;
}

/** Bytes of a report at most; one that fails every request would be longer. */
const reportBytesMax = 16 * 1024 ** 2;

/** No request that is sent may take longer, in seconds. */
const requestSecondsMax = 120;

/** Runs `schemathesis` from the document that the server serves. What stands under `/v1` too is asked once only. */
export async function runSchemathesis(options: SchemathesisOptions): Promise<SchemathesisReport> {
  const { python, url, key, model, phases, examples, seed, timeoutMs, excludedPaths } = options;
  const flags = [
    // Not by its script: a script names the folder in which its environment was made, and ours are moved.
    ...['-c', 'from schemathesis.cli import schemathesis; schemathesis()'],
    ...['--config-file', join(import.meta.dirname, 'schemathesis.toml')],
    ...['run', `${url}/openapi.json`, '--header', `Authorization: Bearer ${key}`],
    ...['--phases', phases.join(), '--max-examples', String(examples), '--exclude-tag', 'Under /v1'],
    ...['--continue-on-failure', '--no-color', '--request-timeout', String(requestSecondsMax)],
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(excludedPaths === undefined ? [] : ['--exclude-path-regex', excludedPaths.source]),
  ];
  const env = {
    ...process.env,
    GRAVIX_CHECK_MODEL: model,
    SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  // It keeps what it found in the folder where it runs, and would begin with that the next time.
  const folder = await mkdtemp(join(tmpdir(), 'gravix-schemathesis-'));
  try {
    return await runProgram(python, flags, {
      env,
      cwd: folder,
      timeout: timeoutMs,
      maxBuffer: reportBytesMax,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runProgram(program: string, flags: string[], options: ExecFileOptions): Promise<SchemathesisReport> {
  return new Promise((resolve) => {
    execFile(program, flags, options, (error, output, errors) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, report: `${output}${errors}` || (error?.message ?? '') });
    });
  });
}
