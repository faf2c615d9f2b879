import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '../test/start-program.ts';
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
  const path = join(import.meta.dirname, 'overhead-server.ts');
  const { announced, stop } = await startProgram<Pick<MeasuredServer, 'url' | 'keys'>>(path, [], {
    flags: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    environment: { PATH: process.env['PATH'], SIDE: side, GRAVIX_HOME: home, DATABASE_URL: databaseUrl },
    // It writes its log, as any server does, and nothing reads it.
    errors: 'ignore',
  });
  return {
    ...announced,
    close: async () => {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
