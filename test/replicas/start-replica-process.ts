import { join } from 'node:path';
import { startProgram } from '../start-program.ts';

export interface ReplicaProcess {
  readonly url: string;
  readonly port: number;
  readonly adminKey: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplicaProcess(databaseUrl: string): Promise<ReplicaProcess> {
  const path = join(import.meta.dirname, 'replica-process.ts');
  const { announced, kill, stop } = await startProgram<Pick<ReplicaProcess, 'port' | 'adminKey'>>(path, [
    databaseUrl,
  ]);
  const { port, adminKey } = announced;
  return { url: `http://127.0.0.1:${port}`, port, adminKey, kill, stop };
}
