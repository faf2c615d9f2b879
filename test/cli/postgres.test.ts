// The commands with DATABASE_URL, and the guide about it: its shell samples run in their order, unchanged but for the address.
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { inspectLocalKey } from '../../src/app/local-keys.ts';
import { checkDatabase } from '../../src/cli/check-database.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { type PostgresServer, postgresPassword, postgresSuperuser } from '../postgres-cluster.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './command-line-process.ts';

const run = promisify(execFile);
const projectRoot = join(import.meta.dirname, '..', '..');
const guide = readFileSync(join(projectRoot, 'docs', 'guides', 'postgres.md'), 'utf8');
const printedUrl = 'postgres://gravix:choose-one@db.example.com:5432/gravix';

describeWithPostgres('with DATABASE_URL', (server) => {
  it('the samples of the guide set a database up, make a key, dump it and restore it', async () => {
    const samples = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
    expect(samples).toHaveLength(4);
    const [setUp = '', makeKey = '', dump = '', restore = ''] = samples;
    const url = server.toUrl('gravix', 'gravix', 'choose-one');
    const script = [
      ...['set -e', setUp, makeKey.replace(printedUrl, url), dump],
      ...['gravix keys revoke laptop >/dev/null', 'gravix keys list', restore, 'gravix keys list'],
    ].join('\n');
    const { stdout } = await runScript(server, script);
    const statuses = [...stdout.matchAll(/ laptop .* (active|revoked) /g)].map(([, status]) => status);
    expect(statuses).toEqual(['active', 'revoked', 'active']);
  }, 60_000);

  it('backup and restore say what to use instead', async () => {
    const environment = { DATABASE_URL: await server.createDatabase() };
    for (const command of ['backup', 'restore']) {
      const { exitCode, stdout, stderr } = await runCommand([command, 'file'], { environment });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(
        /^gravix: Keys and stored answers are in Postgres, .* pg_dump .*postgres\.md shows how\.\n$/,
      );
    }
  });

  it.each([
    [
      'a wrong password',
      () => server.toUrl('postgres', 'tester', 'wrong'),
      'refuses the user or the password',
    ],
    [
      'another kind of address',
      () => 'mysql://gravix:wrong@db.example/gravix',
      'DATABASE_URL must be a URL such as',
    ],
  ])('%s is one sentence', async (_, toUrl, words) => {
    const { exitCode, stderr } = await runCommand(['keys', 'list'], {
      environment: { DATABASE_URL: toUrl() },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^gravix: .*\.\n$/);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('wrong');
  });

  it('doctor looks at the database that is in use', async () => {
    const environment = { GRAVIX_HOME: createTemporaryFolder(), DATABASE_URL: await server.createDatabase() };
    const config = loadConfig({ environment, flags: {} });
    const { status, message } = await checkDatabase(config);
    expect(status).toBe('ok');
    expect(message).toMatch(
      /^The Postgres database test_\d+ at \/.*\/socket answers, and has the tables of this version\.$/,
    );
    expect(message).not.toContain(encodeURIComponent(postgresPassword));
    writeFileSync(join(config.home, 'key'), `gx-${'a'.repeat(43)}`, { mode: 0o600 });
    expect(await inspectLocalKey(config)).toMatchObject({ source: 'file', isAccepted: false });
  });
});

/** With `gravix`, and with psql as a superuser. */
async function runScript({ programs, toUrl }: PostgresServer, script: string) {
  const folder = createTemporaryFolder();
  const program = join(folder, 'gravix');
  const main = join(projectRoot, 'src', 'main.ts');
  const tsx = import.meta.resolve('tsx');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${main}' "$@"\n`);
  chmodSync(program, 0o755);
  return await run('bash', ['-c', script], {
    cwd: folder,
    env: {
      PATH: [folder, programs, process.env['PATH']].join(delimiter),
      HOME: folder,
      GRAVIX_HOME: folder,
      PGHOST: new URL(toUrl('postgres').replace('@/', '@localhost/')).searchParams.get('host') ?? '',
      PGUSER: postgresSuperuser,
      PGPASSWORD: postgresPassword,
    },
  });
}
