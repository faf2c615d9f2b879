/**
 * A server of its own process for the tests of idempotency keys: `PLACE` is a SQLite file or a Postgres address. It prints its
 * address and an API key as JSON; its model `m` never ends an answer.
 */
import { started, textDelta } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';
import { openPlace } from './open-place.ts';

const [place = ''] = process.argv.slice(2);
const { url, key } = await startTestApp({
  models: { m: () => [started, textDelta('Once'), { type: 'wait-for-abort' }] },
  openStore: () => openPlace(place),
  claimMsMax: 1500,
});
process.stdout.write(`${JSON.stringify({ url, key })}\n`);
