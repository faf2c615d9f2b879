// Databases that earlier versions have written, as SQL: each is opened, and brought up to date without a loss. A version
// that adds a migration keeps these and adds its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import { createSqlCompletionStore } from '../../src/store/sql/sql-completion-store.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { createSqlKeyStore } from '../../src/store/sql/sql-key-store.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { createStoredKey } from '../stored-key.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const folder = join(import.meta.dirname, 'earlier-databases');
const files = readdirSync(folder);
const readText = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('SQLite', () => {
  it.each(files.filter((name) => name.startsWith('sqlite-')))('%s is brought up to date', async (name) => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const raw = new Libsql(file);
    raw.exec(readText(name));
    raw.close();
    await expectContent(() => openSqlite(file));
  });
});

describeWithPostgres('Postgres', (server) => {
  it.each(files.filter((name) => name.startsWith('postgres-')))('%s is brought up to date', async (name) => {
    const url = await server.createDatabase();
    const client = new Client(url);
    await client.connect();
    await client.query(readText(name));
    await client.end();
    await expectContent(() => openPostgres(url, { connectionsMax: 2 }));
  });
});

async function expectContent(open: () => Promise<SqlDatabase>): Promise<void> {
  const database = await open();
  onTestFinished(() => database.close());
  const keys = createSqlKeyStore(database);
  expect(await keys.list()).toStrictEqual([
    createStoredKey('key_0000000000000001', {
      name: 'first',
      hash: '1'.repeat(64),
      scopes: ['inference', 'admin'],
      createdAtMs: 1_753_958_123_456,
      lastUsedAtMs: 1_753_958_200_000,
    }),
    createStoredKey('key_0000000000000002', {
      name: "Zoë's laptop",
      hash: '2'.repeat(64),
      createdAtMs: 1_753_958_123_457,
      expiresAtMs: 1_900_000_000_000,
      revokedAtMs: 1_753_960_000_000,
    }),
  ]);
  expect(await keys.listUncheckedHashes()).toHaveLength(2);
  const completions = createSqlCompletionStore(database);
  const mine = { ownerId: 'key_0000000000000001', kind: 'chat-completion' } as const;
  expect(await completions.find({ ...mine, id: 'chatcmpl-1' })).toStrictEqual({
    ...mine,
    id: 'chatcmpl-1',
    model: 'm',
    createdAtMs: 1_753_958_123_458,
    metadata: { topic: 'it\'s "漢字"' },
    inputText: '{"messages":[{"role":"user","content":"Hi\\u0000"}]}',
    outputText: '{"content":"Hello"}',
  });
  expect(await completions.measure({ ...mine, kind: 'response' })).toEqual({ count: 1, bytes: 4 });
  // The next number of the sequence is not one that is taken.
  await completions.insert({
    ...mine,
    id: 'chatcmpl-2',
    model: 'm',
    createdAtMs: 1,
    metadata: {},
    inputText: '',
    outputText: '',
  });
  const page = await completions.list({ ...mine, order: 'desc', limit: 9 });
  expect(page).toMatchObject({ completions: [{ id: 'chatcmpl-2' }, { id: 'chatcmpl-1' }] });
}
