import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The write lock of a SQLite file, in the hands of another process. */
export interface SqliteLock {
  release(): Promise<void>;
}

const script = `
import Libsql from 'libsql';
const [file] = process.argv.slice(1);
new Libsql(file, { timeout: 10000 }).exec('BEGIN IMMEDIATE');
process.stdout.write('locked');
process.stdin.on('end', () => process.exit()).resume();
`;

export async function lockSqlite(file: string): Promise<SqliteLock> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, file], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) => Promise.reject(new Error(`The lock was not taken (exit ${code}).`)));
  await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => undefined);
  return {
    async release() {
      child.stdin.end();
      await ended;
    },
  };
}
