import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Generous: on a machine that other work shares, the checks of one client were measured at 40 seconds. */
const checksMsMax = 240_000;

/** What the checks may print, in bytes. */
const maxBuffer = 16 * 1024 * 1024;

/** The server that the checks call. */
export interface CheckedServer {
  /** With `/v1/inference` at its end. */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

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
  server: CheckedServer,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<CheckOutcomes> {
  const path = join(import.meta.dirname, file);
  const env = {
    ...process.env,
    GRAVIXLAYER_API_KEY: server.key,
    // Python leaves assertions out where this is set, and a check without them can't fail.
    PYTHONOPTIMIZE: '',
    PYTHONDONTWRITEBYTECODE: '1',
    // Checks in another folder share what is here.
    PYTHONPATH: import.meta.dirname,
    LANGSMITH_TRACING: 'false',
    ...options.environment,
  };
  const { printed, ending } = await new Promise<{ printed: string; ending: string }>((resolve) => {
    const flags = [path, server.baseUrl, server.model];
    execFile(
      python,
      flags,
      { env, timeout: options.timeoutMs ?? checksMsMax, maxBuffer },
      (error, stdout, stderr) => {
        resolve({ printed: stdout, ending: `${error?.message ?? 'It ended well.'}\n${stderr}` });
      },
    );
  });
  const outcomes = new Map<string, string | null>([['', ending]]);
  for (const line of printed.trim().split('\n')) {
    // Some clients print lines of their own.
    if (!line.startsWith('{"check":')) continue;
    const { check, error } = JSON.parse(line) as { check: string; error: string | null };
    outcomes.set(check, error);
  }
  return outcomes;
}
