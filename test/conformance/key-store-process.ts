/**
 * A second process for the tests of the SQLite stores:
 *
 * - `race FILE COUNT HOME`: says `ready`, waits for a line, makes the first key, then COUNT more; prints the outcome.
 * - `revoke FILE NAME`: revokes one key.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureFirstKey } from '../../src/service/first-key.ts';
import { createKeyService } from '../../src/service/keys.ts';
import { createKeyFile } from '../../src/store/key-file.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { createSqliteKeyStore } from '../../src/store/sqlite/sqlite-key-store.ts';

const [command, file = '', argument = '', home = ''] = process.argv.slice(2);

if (command === 'race') {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
}
const database = await openDatabase(file, { busyTimeoutMs: 5_000 });
const store = createSqliteKeyStore(database.queries);
const service = createKeyService({ store, environmentKey: undefined, now: Date.now });
if (command === 'race') {
  const keyFile = createKeyFile(join(home, 'key'));
  const { kind } = await ensureFirstKey({ store, keyFile, environmentKey: undefined, now: Date.now });
  for (let made = 0; made < Number(argument); made += 1) {
    await service.create({ name: `raced-${process.pid}-${made}` });
  }
  process.stdout.write(`${kind}\n`);
} else {
  await service.revoke(argument);
}
await database.close();
process.exit(0);
