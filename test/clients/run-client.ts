import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CheckOutcomes, readCheckNames, runPythonChecks } from '../compat/run-python-checks.ts';
import { pythonEnvironment } from '../python-environment.ts';
import { type Client, type PythonClient, readClientVersion } from './list-clients.ts';
import type { ClientReport } from './to-client-table.ts';

/** The largest client was installed in five minutes on a shared machine with two cores. */
const installMsMax = 30 * 60_000;
/** The load generator and the pages' server need the most. */
const checksMsMax = 15 * 60_000;

export interface ClientTarget {
  /** With `/v1/inference` or `/v1` at its end. */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
  /** The file of which clients that count tokens make their tokenizer. */
  readonly ggufPath: string;
}

/** Installs a client if it is not there yet, and runs its checks. */
export async function runClient(client: Client, target: ClientTarget): Promise<ClientReport> {
  const { name } = client;
  const version = readClientVersion(client);
  try {
    const results =
      client.kind === 'node' ? await runNode(client.checks, target) : await runPython(client, target);
    return { name, version, results };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, version, results: reason.split('\n').slice(-3).join(' ') };
  }
}

async function runPython(client: PythonClient, target: ClientTarget): Promise<ClientReport['results']> {
  const requirementsPath = join(import.meta.dirname, 'requirements', client.requirements);
  const packages = { requirementsPath, bare: client.bare ?? [], installMsMax };
  const python = await pythonEnvironment('python3', packages);
  if (python === undefined) return 'python3 with venv is not installed';
  const file = join('..', 'clients', client.checks);
  const outcomes = await runPythonChecks(python, file, target, {
    environment: { CLIENTS_GGUF: target.ggufPath },
    timeoutMs: checksMsMax,
  });
  return toResults(outcomes, readCheckNames(file));
}

async function runNode(checks: string, target: ClientTarget): Promise<ClientReport['results']> {
  const flags = ['--import', 'tsx', join(import.meta.dirname, checks), target.baseUrl, target.model];
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    env: { ...process.env, GRAVIXLAYER_API_KEY: target.key },
    timeout: checksMsMax,
  });
  const lines = stdout.trim().split('\n');
  return new Map(
    lines.map((line) => {
      const { check, error } = JSON.parse(line) as { check: string; error: string | null };
      return [check, error];
    }),
  );
}

/** A check that its process did not come to has failed with the end of the process. */
function toResults(outcomes: CheckOutcomes, names: readonly string[]): ClientReport['results'] {
  const toResult = (name: string) => {
    const error = outcomes.get(name);
    return error === undefined ? `It did not run. ${outcomes.get('')}` : error;
  };
  return new Map(names.map((name) => [name.replace('check_', ''), toResult(name)]));
}
