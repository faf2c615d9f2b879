import { expect, test } from 'vitest';
import { runCommand } from '../server-process.ts';
import { createDrilledHome, drillKey, soon, startDrilledServer } from './start-drilled-server.ts';

test('two servers on one home share keys, limits and the ledger, and each ends by itself', async () => {
  const home = await createDrilledHome();
  const first = await startDrilledServer({ home });
  const second = await startDrilledServer({ home });
  const key = await first.createKey({ name: 'shared', limits: { requests_per_day: 4 } });
  const statuses: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (const server of [first, second]) statuses.push((await server.chat(key)).status);
  }
  const countRows = async () => (await second.ask('GET', '/v1/admin/requests')).body.data?.length;
  const countAnswered = () => first.answeredChats() + second.answeredChats();
  await expect.poll(countRows, soon).toBe(countAnswered());
  // A lock that is held for long, as on a busy machine, is an outage: then each server counts by itself.
  const hadOutage = [first, second].some(
    (server) => server.findLines('the database does not answer').length > 0,
  );
  if (!hadOutage) expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429, 429]);
  expect(await first.stop()).toBe(0);
  expect((await second.chat()).status).toBe(200);
  await expect.poll(countRows, soon).toBe(countAnswered());
  expect(await second.stop()).toBe(0);
});

test('a port that is taken ends the start with a sentence', async () => {
  const server = await startDrilledServer();
  const home = await createDrilledHome();
  const started = await runCommand(['serve'], {
    GRAVIX_HOME: home,
    GRAVIXLAYER_API_KEY: drillKey,
    PORT: String(server.port),
  });
  expect(started.exit).toBe(1);
  expect(started.errors).toContain(
    `gravix: Another program uses port ${server.port}. Stop it, or choose another port with --port or PORT.\n`,
  );
  expect((await server.chat()).status).toBe(200);
  expect(await server.stop()).toBe(0);
});
