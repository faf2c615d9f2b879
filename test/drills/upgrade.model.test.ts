// What an operator does around an upgrade: `test/conformance/upgrade.test.ts` has every version and both databases.
import { join } from 'node:path';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/sql/migrations.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { earlierKeys, earlierRows } from '../conformance/earlier-rows.ts';
import { runCommand } from '../server-process.ts';
import { createDrilledHome, drillKey, startDrilledServer } from './start-drilled-server.ts';

test('a start on the data folder of the first version keeps its keys', async () => {
  const home = await createDrilledHome();
  const raw = new Libsql(join(home, 'gravix.db'));
  migrate(raw, migrations.slice(0, 1));
  raw.exec(earlierRows[1] ?? '');
  raw.close();
  const server = await startDrilledServer({ home });
  expect((await server.chat(earlierKeys.first)).status).toBe(200);
  expect((await server.chat(earlierKeys.revoked)).status).toBe(401);
  expect(await server.stop()).toBe(0);
});

test('an older version refuses the database of a newer one, and serves the backup from before', async () => {
  const server = await startDrilledServer();
  const { home } = server;
  const key = await server.createKey({ name: 'kept' });
  const environment = { GRAVIX_HOME: home, GRAVIXLAYER_API_KEY: drillKey, PORT: '0' };
  const backup = join(home, 'before.db');
  expect(await runCommand(['backup', backup], environment)).toMatchObject({ exit: 0 });
  expect(await server.stop()).toBe(0);
  const file = join(home, 'gravix.db');
  const raw = new Libsql(file);
  raw.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  raw.close();
  const refused = await runCommand(['serve'], environment);
  expect(refused).toMatchObject({ exit: 1, output: '' });
  expect(refused.errors).toBe(
    `gravix: The database ${file} can't be used. A newer version of Gravix wrote it (schema ${migrations.length + 1}; this version knows ${migrations.length}). Install that version again, or use another database.\n`,
  );
  expect(await runCommand(['restore', backup, '--force'], environment)).toMatchObject({ exit: 0 });
  const again = await startDrilledServer({ home });
  expect((await again.chat(key)).status).toBe(200);
  expect(await again.stop()).toBe(0);
});
