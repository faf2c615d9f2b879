/**
 * A second process for the tests of the SQLite stores:
 *
 * - `open FOLDER ROUNDS`: says `ready`, waits for an instant, then opens one database of FOLDER after the other, each at
 *   an instant that all such processes share, so that they collide.
 * - `race FILE COUNT HOME`: says `ready`, waits for an instant, makes the first key, then COUNT more; prints the outcome.
 * - `revoke FILE NAME`: revokes one key.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureFirstKey } from '../../src/service/keys/first-key.ts';
import { createKeyService } from '../../src/service/keys/keys.ts';
import { createKeyFile } from '../../src/store/key-file.ts';
import { createSqlKeyStore } from '../../src/store/sql/sql-key-store.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';

const [command, file = '', argument = '', home = ''] = process.argv.slice(2);

const roundMs = 25;
if (command === 'open') {
  const startMs = await waitForStart();
  for (let round = 0; round < Number(argument); round += 1) {
    waitUntil(startMs + round * roundMs);
    const opened = await openDatabase(join(file, `${round}.db`));
    await opened.close();
  }
  process.exit(0);
}
if (command === 'race') {
  await waitForStart();
}
const database = await openDatabase(file, { busyTimeoutMs: 5_000 });
const store = createSqlKeyStore(database);
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

/** Answers with the instant that the test sends to all processes, once it has come. */
async function waitForStart(): Promise<number> {
  process.stdout.write('ready\n');
  const [line] = await once(process.stdin, 'data');
  const startMs = Number(line);
  waitUntil(startMs);
  return startMs;
}

/** Spins, as a timer is too coarse to make processes collide. */
function waitUntil(atMs: number): void {
  while (performance.timeOrigin + performance.now() < atMs) {
    // Nothing to do but look at the clock.
  }
}
