import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from '../server-process.ts';

/** Generous: on a machine that other work shares, the checks of one client were measured at 40 seconds. */
const checksMsMax = 240_000;

/** Of the checks that have run, what each raised, or null. */
export type CheckOutcomes = ReadonlyMap<string, string | null>;

/** The names of a module's checks in their order, read from its text: a test has to be named before it runs. */
export function readCheckNames(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  return [...text.matchAll(/^(?:async )?def (check_\w+)\(/gm)].map(([, name = '']) => name);
}

/**
 * Runs all checks of a module in one process, for importing such a client takes seconds. Where the process ends
 * badly, the checks that it did not come to are missing, and their tests fail with why it ended, which is the
 * entry of the empty name.
 */
export async function runPythonChecks(
  python: string,
  file: string,
  server: ServerProcess,
  model: string,
): Promise<CheckOutcomes> {
  const path = join(import.meta.dirname, file);
  const env = {
    ...process.env,
    GRAVIXLAYER_API_KEY: server.key,
    // Python leaves assertions out where this is set, and a check without them can't fail.
    PYTHONOPTIMIZE: '',
    PYTHONDONTWRITEBYTECODE: '1',
    LANGSMITH_TRACING: 'false',
  };
  const { printed, ending } = await new Promise<{ printed: string; ending: string }>((resolve) => {
    const flags = [path, `${server.url}/v1/inference`, model];
    execFile(python, flags, { env, timeout: checksMsMax }, (error, stdout, stderr) => {
      resolve({ printed: stdout, ending: `${error?.message ?? 'It ended well.'}\n${stderr}` });
    });
  });
  const outcomes = new Map<string, string | null>([['', ending]]);
  for (const line of printed.trim().split('\n')) {
    if (line === '') continue;
    const { check, error } = JSON.parse(line) as { check: string; error: string | null };
    outcomes.set(check, error);
  }
  return outcomes;
}
