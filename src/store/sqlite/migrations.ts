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
  {
    version: 3,
    sql: `
      CREATE TABLE stored_completions (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        owner_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        model TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        metadata TEXT NOT NULL,
        input_text TEXT NOT NULL,
        output_text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX stored_completions_by_owner ON stored_completions (owner_id, kind, sequence, bytes);
      CREATE INDEX stored_completions_by_age ON stored_completions (created_at_ms);
    `,
  },
];
