import type { Migration } from '../migration.ts';

export const addStoredCompletions: Migration = {
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
};
