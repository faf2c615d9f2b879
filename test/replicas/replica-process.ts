// A server in a process of its own: everything is real but the model. Ends with its standard input.
import { openDatabase } from '../../src/store/postgres/open-database.ts';
import { StoreWatch } from '../../src/store/store-watch.ts';
import { finish, type Script, started, textDelta } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';

/** A word each 10 ms, as many as were allowed. */
const words: Script = function* ({ maxTokens = 20 }) {
  yield started;
  for (let word = 0; word < maxTokens; word += 1) {
    yield { type: 'wait', ms: 10 };
    yield textDelta(' word');
  }
  yield finish(maxTokens, 'length');
};

const [databaseUrl = ''] = process.argv.slice(2);
const watch = new StoreWatch({ onChange: () => undefined });
const app = await startTestApp({
  models: { m: words },
  openStore: () => openDatabase(databaseUrl, { connectionsMax: 8, watch }),
  watch,
  replicaCount: 2,
  reservationSliceTokens: 16,
});
const { key: adminKey } = await app.keys.create({ name: 'admin', scopes: ['admin'] });
process.stdin.resume().once('end', async () => {
  await app.close();
  watch.close();
  process.exit(0);
});
process.stdout.write(`${JSON.stringify({ port: app.port, adminKey })}\n`);
