// A private Postgres for tests and benchmarks: a cluster in a temporary folder, on a Unix socket in it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export const postgresPassword = 'a password/with?special#characters';
export const postgresSuperuser = 'tester';
/** `nobody` on Linux: Postgres refuses to run as root. */
const unprivilegedId = 65_534;
export const startMsMax = 30_000;

/**
 * Ends with the process that started it, however that ends. SIGQUIT is an immediate shutdown: connections are cut, and the
 * next start recovers from the log.
 */
const untilInputEnds = '"$@" & read -r _; kill -QUIT $!; wait $!';

export interface PostgresServer {
  /** The folder with Postgres's programs. */
  readonly programs: string;
  /** Makes an empty database, and answers with its address. */
  createDatabase(settings?: string): Promise<string>;
  /** The address of a database of this name, there or not, for the superuser unless given. */
  toUrl(database: string, user?: string, password?: string): string;
  /** Ends the server at once, as a crash does. */
  kill(): Promise<void>;
  /** Has it stop answering, and go on again. */
  pause(): void;
  resume(): void;
  start(): Promise<void>;
}

/** Where Debian puts it, newest first, then the search path; undefined where there is none. */
export function findPostgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const searched = (process.env['PATH'] ?? '').split(delimiter);
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...searched];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

export interface PostgresCluster extends PostgresServer {
  /** Ends the server, and removes its folder. */
  close(): Promise<void>;
}

/**
 * `isDurable`: it waits for the disk with each commit, as a Postgres that nobody tuned does; tests don't need that.
 */
export function createCluster(programs: string, { isDurable = false } = {}): PostgresCluster {
  const owner = process.getuid?.() === 0 ? { uid: unprivilegedId, gid: unprivilegedId } : {};
  let folder: string | undefined;
  let server: ChildProcess | undefined;
  let databases = 0;

  function makeFolder(): string {
    // In short: the path of a Unix socket has 107 bytes at most.
    const made = mkdtempSync(join(tmpdir(), 'gravix-pg-'));
    folder = made;
    mkdirSync(join(made, 'socket'));
    const passwordFile = join(made, 'password');
    writeFileSync(passwordFile, `${postgresPassword}\n`);
    if (owner.uid !== undefined) {
      for (const path of [made, join(made, 'socket'), passwordFile]) chownSync(path, owner.uid, owner.gid);
    }
    const initial = [
      '-D',
      join(made, 'data'),
      '-U',
      postgresSuperuser,
      '-E',
      'UTF8',
      '--no-sync',
      ...listLocaleOptions(programs),
    ];
    execFileSync(join(programs, 'initdb'), [...initial, '--auth=scram-sha-256', `--pwfile=${passwordFile}`], {
      ...owner,
      cwd: made,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return made;
  }

  function toUrl(database: string, user = postgresSuperuser, password = postgresPassword): string {
    const host = encodeURIComponent(join(folder ?? '', 'socket'));
    return `postgres://${user}:${encodeURIComponent(password)}@/${database}?host=${host}`;
  }

  async function start(): Promise<void> {
    const home = folder ?? makeFolder();
    const options = [isDurable ? 'fsync=on' : 'fsync=off', 'max_connections=40', 'shared_buffers=16MB'];
    const quick = options.flatMap((line) => ['-c', line]);
    const places = ['-D', join(home, 'data'), '-k', join(home, 'socket'), '-c', 'listen_addresses='];
    server = spawn('sh', ['-c', untilInputEnds, 'sh', join(programs, 'postgres'), ...places, ...quick], {
      ...owner,
      cwd: home,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const deadlineMs = performance.now() + startMsMax;
    while (!(await answers(toUrl('postgres')))) {
      if (performance.now() > deadlineMs) throw new Error('Postgres did not start.');
      await sleep(50);
    }
  }

  async function stop(): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.stdin?.end();
    await ended;
  }

  /** To Postgres's first process and to those of its connections. */
  function signalAll(signal: NodeJS.Signals): void {
    const [first = ''] = readFileSync(join(folder ?? '', 'data', 'postmaster.pid'), 'utf8').split('\n');
    const children = readFileSync(`/proc/${first}/task/${first}/children`, 'utf8').trim().split(' ');
    for (const id of [first, ...children]) {
      try {
        process.kill(Number(id), signal);
      } catch (error) {
        // One that has ended meanwhile.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
  }

  return {
    programs,
    toUrl,
    start,
    async createDatabase(settings = '') {
      databases += 1;
      const name = `test_${databases}`;
      const client = new Client(toUrl('postgres'));
      await client.connect();
      await client.query(`CREATE DATABASE ${name} ${settings}`);
      await client.end();
      return toUrl(name);
    },
    kill: stop,
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    async close() {
      await stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A locale that sorts by letters and not by bytes, as most databases have it, where this Postgres brings one. */
function listLocaleOptions(programs: string): readonly string[] {
  const help = execFileSync(join(programs, 'initdb'), ['--help'], { encoding: 'utf8' });
  const isKnown = help.includes('--icu-locale');
  return ['--locale=C', ...(isKnown ? ['--locale-provider=icu', '--icu-locale=en-US'] : [])];
}

async function answers(url: string): Promise<boolean> {
  const client = new Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
