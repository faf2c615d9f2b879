import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';

/** Opens a SQLite file, or a Postgres database by its address. */
export function openPlace(place: string): Promise<SqlDatabase> {
  return place.startsWith('postgres:')
    ? openPostgres(place, { connectionsMax: 4 })
    : openSqlite(place, { busyTimeoutMs: 2000 });
}
