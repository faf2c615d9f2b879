import type { Selectable } from 'kysely';
import type { KeyStore, StoredKey } from '../key-store.ts';
import type { ApiKeysTable } from './database-schema.ts';
import type { SqlDatabase } from './sql-database.ts';

/** The database belongs to the caller, who closes it. */
export function createSqlKeyStore({ queries }: Pick<SqlDatabase, 'queries'>): KeyStore {
  return {
    async insert(key) {
      const [result] = await queries
        .insertInto('apiKeys')
        .values(toRow(key))
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
      return result?.numInsertedOrUpdatedRows === 1n;
    },

    async findByHash(hash) {
      const row = await queries.selectFrom('apiKeys').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row === undefined ? undefined : toStoredKey(row);
    },

    async list() {
      const rows = await queries
        .selectFrom('apiKeys')
        .selectAll()
        .orderBy('createdAtMs')
        .orderBy('id')
        .execute();
      return rows.map(toStoredKey);
    },

    async revoke(id, atMs) {
      const result = await queries
        .updateTable('apiKeys')
        .set({ revokedAtMs: atMs })
        .where('id', '=', id)
        .where('revokedAtMs', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },

    async touch(id, atMs) {
      await queries
        .updateTable('apiKeys')
        .set({ lastUsedAtMs: atMs })
        .where('id', '=', id)
        .where((row) => row.or([row('lastUsedAtMs', 'is', null), row('lastUsedAtMs', '<', atMs)]))
        .execute();
    },
  };
}

function toRow(key: StoredKey): ApiKeysTable {
  const { expiresAtMs, revokedAtMs, lastUsedAtMs, ...always } = key;
  return {
    ...always,
    expiresAtMs: expiresAtMs ?? null,
    revokedAtMs: revokedAtMs ?? null,
    lastUsedAtMs: lastUsedAtMs ?? null,
  };
}

function toStoredKey(row: Selectable<ApiKeysTable>): StoredKey {
  const { expiresAtMs, revokedAtMs, lastUsedAtMs, ...always } = row;
  return {
    ...always,
    expiresAtMs: expiresAtMs ?? undefined,
    revokedAtMs: revokedAtMs ?? undefined,
    lastUsedAtMs: lastUsedAtMs ?? undefined,
  };
}
