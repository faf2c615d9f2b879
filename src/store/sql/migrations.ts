/** One step of the schema, in each dialect. A released migration is never edited: a change is a new one. */
export interface Migration {
  /** 1, 2, 3 …, without a gap; the database keeps the version of the last one that was applied. */
  readonly version: number;
  readonly sqlite: string;
  /** Columns that are compared or sorted are COLLATE "C": by bytes, as SQLite does it, in every locale. */
  readonly postgres: string;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    sqlite: `
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
    postgres: `
      CREATE TABLE api_keys (
        id TEXT COLLATE "C" PRIMARY KEY,
        name TEXT NOT NULL,
        hash TEXT COLLATE "C" NOT NULL UNIQUE,
        hint TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        expires_at_ms BIGINT,
        revoked_at_ms BIGINT,
        last_used_at_ms BIGINT
      );
    `,
  },
  {
    version: 2,
    // The key that a first start made is the operator's own.
    sqlite: `
      ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'inference' CHECK (scope IN ('inference', 'admin'));
      UPDATE api_keys SET scope = 'admin' WHERE name = 'first';
    `,
    postgres: `
      ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'inference' CHECK (scope IN ('inference', 'admin'));
    `,
  },
  {
    version: 3,
    sqlite: `
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
    postgres: `
      CREATE TABLE stored_completions (
        sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id TEXT COLLATE "C" NOT NULL UNIQUE,
        owner_id TEXT COLLATE "C" NOT NULL,
        kind TEXT COLLATE "C" NOT NULL,
        model TEXT COLLATE "C" NOT NULL,
        created_at_ms BIGINT NOT NULL,
        bytes BIGINT NOT NULL,
        metadata TEXT NOT NULL,
        input_text TEXT NOT NULL,
        output_text TEXT NOT NULL
      );
      CREATE INDEX stored_completions_by_owner ON stored_completions (owner_id, kind, sequence, bytes);
      CREATE INDEX stored_completions_by_age ON stored_completions (created_at_ms);
    `,
  },
];

/** The version of a database that this program has brought up to date. */
export const newestVersion = migrations.length;
