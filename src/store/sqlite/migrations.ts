/** One step of the schema. A released migration is never edited: a change is a new one. */
export interface Migration {
  /** 1, 2, 3 …, without a gap; kept in the database's `user_version` once applied. */
  readonly version: number;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE api_keys (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE,
        hint TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER,
        revoked_at_ms INTEGER,
        last_used_at_ms INTEGER
      ) STRICT;
    `,
  },
  {
    version: 2,
    // The key that a first start made is the operator's own.
    sql: `
      ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'inference' CHECK (scope IN ('inference', 'admin'));
      UPDATE api_keys SET scope = 'admin' WHERE name = 'first';
    `,
  },
];
