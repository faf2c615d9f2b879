import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ReplicaProcess {
  readonly url: string;
  readonly port: number;
  readonly adminKey: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplicaProcess(databaseUrl: string): Promise<ReplicaProcess> {
  const program = join(import.meta.dirname, 'replica-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, databaseUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const first = await Promise.race([line, exited.then(() => undefined)]);
  if (first === undefined) throw new Error('The server did not start.');
  const { port, adminKey } = JSON.parse(first[0]) as Pick<ReplicaProcess, 'port' | 'adminKey'>;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    adminKey,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
