import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MeasuredServer, Side } from './overhead-services.ts';

/**
 * A server in a separate process.
 *
 * @param databaseUrl undefined: SQLite
 * @param profileFolder gets a profile of its processor time when it is closed; undefined: there is none
 */
export async function startOverheadServer(
  side: Side,
  databaseUrl: string | undefined,
  profileFolder?: string,
): Promise<MeasuredServer> {
  const home = mkdtempSync(join(tmpdir(), 'gravix-overhead-'));
  const entry = join(import.meta.dirname, 'overhead-server.ts');
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const child = spawn(process.execPath, [...profiling, '--import', 'tsx', entry], {
    env: {
      PATH: process.env['PATH'],
      SIDE: side,
      GRAVIX_HOME: home,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    },
    // It writes its log, as any server does, and nothing reads it.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const firstLine = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const started = await Promise.race([firstLine, exited.then(() => undefined)]);
  if (started === undefined) throw new Error('The server that is measured did not start.');
  return {
    ...(JSON.parse(started[0]) as Pick<MeasuredServer, 'url' | 'keys'>),
    close: async () => {
      child.stdin.end();
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
