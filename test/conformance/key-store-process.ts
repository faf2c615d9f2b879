/**
 * A second process for the tests of the stores. A PLACE is a SQLite file or a Postgres address:
 *
 * - `open PLACE…`: says `ready`, waits for an instant, then opens one database after the other, each at an instant that all
 *   such processes share, so that they collide.
 * - `race PLACE COUNT HOME`: says `ready`, waits for an instant, makes the first key, then COUNT more; prints the outcome.
 * - `revoke PLACE NAME`: revokes one key.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureFirstKey } from '../../src/service/keys/first-key.ts';
import { createKeyService } from '../../src/service/keys/keys.ts';
import { createKeyFile } from '../../src/store/key-file.ts';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { createSqlKeyStore } from '../../src/store/sql/sql-key-store.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';

const [command, ...places] = process.argv.slice(2);
const [place = '', argument = '', home = ''] = places;

const roundMs = 25;
if (command === 'open') {
  const startMs = await waitForStart();
  for (const [round, each] of places.entries()) {
    waitUntil(startMs + round * roundMs);
    const opened = await openPlace(each);
    await opened.close();
  }
  process.exit(0);
}
if (command === 'race') {
  await waitForStart();
}
const database = await openPlace(place);
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

function openPlace(name: string): Promise<SqlDatabase> {
  return name.startsWith('postgres:')
    ? openPostgres(name, { connectionsMax: 2 })
    : openSqlite(name, { busyTimeoutMs: 5_000 });
}

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
