import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { expectWithin } from '../../../test/expect-within.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { createSqlKeyStore } from '../../store/sql/sql-key-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { StoreError } from '../../store/store-error.ts';
import { createCheckSecret, createKeyId, createPlainKey } from './api-key.ts';
import { createKeyService } from './keys.ts';

const down = new StoreError('unavailable', 'The database is away.');

/** Two processes over one database; the first one's store counts its queries, and can fail, hang or wait. */
async function openTwo() {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const databases = [await openDatabase(file), await openDatabase(file)] as const;
  onTestFinished(async () => {
    for (const database of databases) await database.close();
  });
  const state = { queries: 0, how: 'up' as 'up' | 'down' | 'hangs', elapsedMs: 0, gate: Promise.resolve() };
  const real = createSqlKeyStore(databases[0]);
  const guard = <Input extends unknown[], Output>(query: (...input: Input) => Promise<Output>) => {
    return async (...input: Input): Promise<Output> => {
      state.queries += 1;
      if (state.how === 'down') throw down;
      if (state.how === 'hangs') await new Promise(() => undefined);
      const answer = await query(...input);
      await state.gate;
      return answer;
    };
  };
  const store: KeyStore = {
    ...real,
    readRevision: guard(real.readRevision),
    readCheckSecret: guard(real.readCheckSecret),
    listUncheckedHashes: guard(real.listUncheckedHashes),
    findOwned: guard(real.findOwned),
    findProject: guard(real.findProject),
    touch: async () => undefined,
  };
  const common = { environmentKey: 'from-the-environment', now: Date.now };
  const service = createKeyService({ ...common, store, elapsedMs: () => state.elapsedMs });
  const other = createKeyService({ ...common, store: createSqlKeyStore(databases[1]) });
  return { service, other, state };
}

it('asks the store for a key once, and whether keys changed once a second', async () => {
  const { service, state } = await openTwo();
  const { key } = await service.create({ name: 'one' });
  await service.verify(key);
  state.queries = 0;
  for (let asked = 0; asked < 100; asked += 1)
    expect(await service.verify(key)).toMatchObject({ name: 'one' });
  expect(state.queries).toBe(0);
  state.elapsedMs += 1000;
  for (let asked = 0; asked < 100; asked += 1) await service.verify(key);
  expect(state.queries).toBe(1);
});

it('lets a flood of made-up keys touch no database', async () => {
  const { service, state } = await openTwo();
  const { key } = await service.create({ name: 'one' });
  await service.verify(key);
  state.queries = 0;
  const foreignSecret = createCheckSecret();
  for (let made = 0; made < 500; made += 1) {
    // Well formed under another secret, of the form of before, changed by a character, and rubbish.
    const last = key.endsWith('A') ? 'B' : 'A';
    const texts = [
      createPlainKey(createKeyId(), foreignSecret),
      `gx-${createPlainKey(createKeyId(), foreignSecret).slice(-43)}`,
      `${key.slice(0, -5)}${last}${key.slice(-4)}`,
      `' OR 1=1 --${made}`,
    ];
    for (const text of texts) expect(await service.verify(text)).toBeUndefined();
    state.elapsedMs += 20;
  }
  expect(state.queries).toBe(0);
});

it('accepts at once what another process made, and refuses within two seconds what it disabled', async () => {
  const { service, other, state } = await openTwo();
  const { key, record } = await other.create({ name: 'one' });
  expect(await service.verify(key)).toMatchObject({ name: 'one' });
  await other.update(record.id, { isDisabled: true });
  state.elapsedMs += 1500;
  expect(await service.verify(key)).toBeUndefined();
  await other.update(record.id, { isDisabled: false, limits: { requestsPerDay: 3 } });
  await other.projects.update('default', { limits: { requestsPerDay: 9 } });
  state.elapsedMs += 1500;
  const limits = { requestsPerDay: 3 };
  expect(await service.verify(key)).toMatchObject({ limits, projectLimits: { requestsPerDay: 9 } });
});

it('does not bring a disabled key back by a look-up that was in flight', async () => {
  const { service, state } = await openTwo();
  const { key, record } = await service.create({ name: 'one' });
  await service.verify('warm');
  let open: () => void = () => undefined;
  state.gate = new Promise((resolve) => {
    open = resolve;
  });
  const inFlight = service.verify(key);
  await new Promise((resolve) => setTimeout(resolve, 10));
  await service.update(record.id, { isDisabled: true });
  open();
  await inFlight;
  state.gate = Promise.resolve();
  expect(await service.verify(key)).toBeUndefined();
});

it('goes on with known keys for five minutes where the store is down, and refuses no unknown one', async () => {
  const { service, other, state } = await openTwo();
  const { key } = await service.create({ name: 'known' });
  const { key: unknown } = await other.create({ name: 'unknown' });
  await service.verify(key);
  state.how = 'down';
  for (const passedMs of [2000, 60_000, 237_000]) {
    state.elapsedMs += passedMs;
    expect(await service.verify(key)).toMatchObject({ name: 'known' });
    await expect(service.verify(unknown)).rejects.toMatchObject({ name: 'StoreError' });
    expect(await service.verify('gx-made-up')).toBeUndefined();
  }
  state.elapsedMs += 2000;
  await expect(service.verify(key)).rejects.toBe(down);
  state.how = 'up';
  state.elapsedMs += 500;
  expect(await service.verify(key)).toMatchObject({ name: 'known' });
  expect(await service.verify(unknown)).toMatchObject({ name: 'unknown' });
});

it('needs no restart where the store was down at the start', async () => {
  const { service, other, state } = await openTwo();
  const { key } = await other.create({ name: 'one' });
  state.how = 'down';
  await expect(service.verify(key)).rejects.toBe(down);
  state.how = 'up';
  state.elapsedMs += 500;
  expect(await service.verify(key)).toMatchObject({ name: 'one' });
});

it('waits for a store that hangs for a tenth of a second at most', async () => {
  const openHanging = async () => {
    const { service, state } = await openTwo();
    const { key } = await service.create({ name: 'one' });
    await service.verify(key);
    state.how = 'hangs';
    state.elapsedMs += 2000;
    return { service, state, key };
  };
  const askInMs = async ({ service, key }: Awaited<ReturnType<typeof openHanging>>) => {
    const startMs = performance.now();
    expect(await service.verify(key)).toMatchObject({ name: 'one' });
    return performance.now() - startMs;
  };
  await expectWithin(400, async () => await askInMs(await openHanging()));
  const hanging = await openHanging();
  await askInMs(hanging);
  // The look-up of the first one has had its time.
  await expectWithin(50, async () => {
    hanging.state.elapsedMs += 1000;
    return await askInMs(hanging);
  });
});

it('holds the key of the environment to the limits of the default project', async () => {
  const { service, other, state } = await openTwo();
  const verify = () => service.verify('from-the-environment');
  expect(await verify()).toMatchObject({ limits: {}, budget: undefined, projectLimits: {} });
  const limits = { requestsPerMinute: 5 };
  await other.projects.update('default', { limits, budget: { tokens: 9, period: 'day' } });
  state.elapsedMs += 1500;
  const limited = { limits: {}, projectLimits: limits, projectBudget: { tokens: 9, period: 'day' } };
  expect(await verify()).toMatchObject(limited);
  state.queries = 0;
  for (let asked = 0; asked < 100; asked += 1) await verify();
  expect(state.queries).toBe(0);
  for (const how of ['down', 'hangs'] as const) {
    state.how = how;
    state.elapsedMs += 3_600_000;
    expect(await verify()).toMatchObject(limited);
  }
  state.how = 'up';
  state.elapsedMs += 3000;
  await service.projects.update('default', { limits: null });
  expect(await verify()).toMatchObject({ projectLimits: {} });
});

it('accepts the key of the environment also where the store never answered', async () => {
  const { service, state } = await openTwo();
  state.how = 'down';
  expect(await service.verify('from-the-environment')).toMatchObject({
    id: 'environment',
    projectLimits: {},
  });
});
