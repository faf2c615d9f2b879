import type { Migration } from '../migration.ts';

export const addIdempotentAnswers: Migration = {
  version: 6,
  // A claim has an end; the answer that takes its place has none.
  sqlite: `
      CREATE TABLE idempotent_answers (
        claim_id TEXT PRIMARY KEY NOT NULL,
        owner_id TEXT NOT NULL,
        key_hash TEXT NOT NULL,
        request_hash TEXT NOT NULL,
        claimed_at_ms INTEGER NOT NULL,
        claimed_until_ms INTEGER,
        bytes INTEGER NOT NULL,
        head TEXT,
        text TEXT,
        UNIQUE (owner_id, key_hash)
      ) STRICT;
      CREATE INDEX idempotent_answers_by_owner ON idempotent_answers (owner_id, claimed_at_ms, bytes)
        WHERE claimed_until_ms IS NULL;
      CREATE INDEX idempotent_answers_by_age ON idempotent_answers (claimed_at_ms);
    `,
  postgres: `
      CREATE TABLE idempotent_answers (
        claim_id TEXT COLLATE "C" PRIMARY KEY,
        owner_id TEXT COLLATE "C" NOT NULL,
        key_hash TEXT COLLATE "C" NOT NULL,
        request_hash TEXT COLLATE "C" NOT NULL,
        claimed_at_ms BIGINT NOT NULL,
        claimed_until_ms BIGINT,
        bytes BIGINT NOT NULL,
        head TEXT,
        text TEXT,
        UNIQUE (owner_id, key_hash)
      );
      CREATE INDEX idempotent_answers_by_owner ON idempotent_answers (owner_id, claimed_at_ms, bytes)
        WHERE claimed_until_ms IS NULL;
      CREATE INDEX idempotent_answers_by_age ON idempotent_answers (claimed_at_ms);
    `,
};
