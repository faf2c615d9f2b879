// Sums of a version that knew neither deployments nor outcomes, and had a histogram of 12 buckets.
import { join } from 'node:path';
import Libsql from 'libsql';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate as migratePostgres } from '../../src/store/postgres/migrate.ts';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import { migrations } from '../../src/store/sql/migrations.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { createSqlUsageReportStore } from '../../src/store/sql/sql-usage-report-store.ts';
import { migrate as migrateSqlite } from '../../src/store/sqlite/migrate.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const earlier = migrations.filter(({ version }) => version <= 7);
const hour = 3_600_000;

/** 1 request in the first bucket, 2 in the second one, and so on. */
const content = `
  INSERT INTO usage_names (name) VALUES ('k'), ('p'), ('m'), ('chat/completions');
  INSERT INTO usage_sums SELECT ${hour}, k.id, p.id, m.id, e.id, 78, 5, 0, 0, 780, 0, 390, 0, 7,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
  FROM usage_names AS k, usage_names AS p, usage_names AS m, usage_names AS e
  WHERE k.name = 'k' AND p.name = 'p' AND m.name = 'm' AND e.name = 'chat/completions';`;

async function expectSums(database: SqlDatabase): Promise<void> {
  onTestFinished(() => database.close());
  const store = createSqlUsageReportStore(database);
  const durations = Array.from({ length: 29 }, () => 0);
  for (const [earlierBucket, bucket] of [5, 7, 9, 11, 13, 15, 17, 19, 20, 22, 24, 25].entries()) {
    durations[bucket] = earlierBucket + 1;
  }
  const sums = await store.sumUsage({
    source: 'sums',
    fromMs: 0,
    toMs: 2 * hour,
    bucketMs: undefined,
    groupBy: ['keyId', 'deployment', 'outcome'],
    filter: {},
    groupsMax: 9,
    hasTimes: true,
  });
  expect(sums).toMatchObject([
    {
      group: { keyId: 'k', deployment: '', outcome: '' },
      totals: { requests: 78, refused: { refusedByLimit: 5 }, promptTokens: 780, costNano: 7, durations },
    },
  ]);
}

describe('SQLite', () => {
  it('keeps the sums', async () => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const raw = new Libsql(file);
    migrateSqlite(raw, earlier);
    raw.exec(content);
    raw.close();
    await expectSums(await openSqlite(file));
  });
});

describeWithPostgres('Postgres', (server) => {
  it('keeps the sums', async () => {
    const url = await server.createDatabase();
    const client = new Client(url);
    await client.connect();
    await migratePostgres(client, earlier);
    await client.query(content);
    await client.end();
    await expectSums(await openPostgres(url, { connectionsMax: 2 }));
  });
});
