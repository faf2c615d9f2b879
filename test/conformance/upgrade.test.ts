// A server starts on the database of each earlier version: it brings it up to date, and loses no key, answer or cost.
import { join } from 'node:path';
import { sql } from 'kysely';
import Libsql from 'libsql';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate as migratePostgres } from '../../src/store/postgres/migrate.ts';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import { migrations } from '../../src/store/sql/migrations.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { migrate as migrateSqlite } from '../../src/store/sqlite/migrate.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { chatBody, postChat, readAny } from '../http/requests.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { findUsageDifferences } from '../usage-rows.ts';
import { earlierKeys, earlierRows, endedAtMs } from './earlier-rows.ts';

/** The newest is one of them, and finds nothing to do. */
const versions = migrations.map(({ version }) => version);

const upTo = (version: number) => migrations.filter((step) => step.version <= version);

/** Rows that are there from these versions on: the last number of each. */
const tables: readonly (readonly [table: string, fromVersion: number, rows: number])[] = [
  ['api_keys', 1, 2],
  ['api_keys', 4, 3],
  ['stored_completions', 3, 1],
  ['projects', 4, 2],
  ['unchecked_keys', 4, 3],
  ['audit_entries', 4, 1],
  ['ledger', 5, 2],
  ['usage_sums', 5, 1],
  ['budget_periods', 5, 1],
  ['idempotent_answers', 6, 1],
];

async function expectRows({ queries }: SqlDatabase, version: number): Promise<void> {
  const expected = new Map(tables.flatMap(([table, from, rows]) => (from <= version ? [[table, rows]] : [])));
  for (const [table, rows] of expected) {
    const found = await sql<{ rows: number }>`SELECT count(*) AS rows FROM ${sql.table(table)}`.execute(
      queries,
    );
    expect({ table, rows: Number(found.rows[0]?.rows) }).toEqual({ table, rows });
  }
}

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each check says what it expects in it.
  readonly body: any;
}

/** Again while the database takes too long for a key, which it may on a busy machine: nothing has begun then. */
async function read(send: () => Promise<Response>): Promise<Answered> {
  const giveUpAtMs = performance.now() + 30_000;
  for (;;) {
    const answer = await send();
    const body = await readAny(answer);
    const isBusy = answer.status === 503 && body.error.code === 'store_unavailable';
    if (!isBusy || performance.now() > giveUpAtMs) return { status: answer.status, body };
  }
}

const ask = (app: TestApp, path: string, key: string) =>
  read(() => fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${key}` } }));

const chat = (app: TestApp, key: string) =>
  read(() => postChat(app, chatBody('m'), { headers: { authorization: `Bearer ${key}` } }));

async function expectKeysToWork(app: TestApp, version: number): Promise<void> {
  expect((await ask(app, '/v1/key', earlierKeys.first)).body).toMatchObject({
    name: 'first',
    project: 'default',
  });
  expect((await chat(app, earlierKeys.first)).status).toBe(200);
  expect((await chat(app, earlierKeys.revoked)).status).toBe(401);
  if (version >= 4) {
    expect((await ask(app, '/v1/key', earlierKeys.team)).body).toMatchObject({
      name: 'of the team',
      project: 'proj_0000000000000001',
    });
    const { status, body } = await chat(app, earlierKeys.team);
    // What was spent is spent.
    if (version >= 5) expect([status, body.error.code]).toEqual([429, 'insufficient_quota']);
    else expect(status).toBe(200);
  }
}

async function expectStoredAnswer(app: TestApp): Promise<void> {
  const stored = await ask(app, '/v1/chat/completions/chatcmpl-1', earlierKeys.first);
  const choices = [{ message: { content: 'Hello' } }];
  expect(stored).toMatchObject({
    status: 200,
    body: { id: 'chatcmpl-1', choices, metadata: { topic: '漢字' } },
  });
}

async function expectUsage(app: TestApp, version: number): Promise<void> {
  // The ledger is written behind the answers.
  const listRows = async () => (await ask(app, '/v1/admin/requests', earlierKeys.first)).body.data ?? [];
  const toModels = (rows: readonly { model: string }[]) => rows.map(({ model }) => model).sort();
  const old = version >= 5 ? ['old', 'old'] : [];
  const now = version === 4 ? ['m', 'm'] : ['m'];
  await expect.poll(async () => toModels(await listRows()), { timeout: 30_000 }).toEqual([...now, ...old]);
  const query = `start_time=${Math.floor(endedAtMs / 1000) - 3600}&bucket_width=1h&limit=24&models=old`;
  const { body } = await ask(app, `/v1/admin/usage?${query}`, earlierKeys.first);
  const results = body.data.flatMap(({ results }: { results: readonly object[] }) => results);
  expect(results).toMatchObject(
    old.length === 0
      ? []
      : [
          {
            requests: 2,
            refused_by_limit: 3,
            input_tokens: 800_000,
            input_cached_tokens: 4,
            output_tokens: 200_000,
          },
        ],
  );
  expect(await findUsageDifferences(app.database)).toEqual([]);
}

async function expectUpgrade(version: number, open: () => Promise<SqlDatabase>): Promise<void> {
  const database = await open();
  await expectRows(database, version);
  const app = await startTestApp({ models: { m: sayTexts('Hi') }, openStore: async () => database });
  onTestFinished(() => app.close());
  await expectKeysToWork(app, version);
  await expectUsage(app, version);
  // A row of its own in the ledger, so the last thing.
  if (version >= 3) await expectStoredAnswer(app);
}

it('there are rows of each version that keeps new ones', () => {
  const added = new Set(tables.map(([, from]) => from));
  for (const version of added) expect(earlierRows[version], String(version)).toBeDefined();
});

describe('SQLite', () => {
  it.each(versions)('version %i is brought up to date', async (version) => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const raw = new Libsql(file);
    for (const { version: next } of upTo(version)) {
      migrateSqlite(raw, upTo(next));
      raw.exec(earlierRows[next] ?? '');
    }
    raw.close();
    await expectUpgrade(version, () => openSqlite(file));
  });
});

/** Of earlier ones there was none. */
const firstPostgresVersion = 3;

describeWithPostgres('Postgres', (server) => {
  it.each(versions.slice(firstPostgresVersion - 1))('version %i is brought up to date', async (version) => {
    const url = await server.createDatabase();
    const client = new Client(url);
    await client.connect();
    for (const { version: next } of upTo(version)) {
      await migratePostgres(client, upTo(next));
      await client.query(earlierRows[next] ?? '');
    }
    await client.end();
    await expectUpgrade(version, () => openPostgres(url, { connectionsMax: 4 }));
  });
});
