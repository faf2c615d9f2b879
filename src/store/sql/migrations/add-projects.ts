import type { Migration } from '../migration.ts';

export const addProjects: Migration = {
  version: 4,
  // SQLite can't add a NOT NULL column that references another table, so the table is recreated. Existing
  // keys have no checksum.
  sqlite: `
      CREATE TABLE projects (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        limits TEXT NOT NULL,
        budget TEXT,
        metadata TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        deleted_at_ms INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX projects_by_name ON projects (name) WHERE deleted_at_ms IS NULL;
      INSERT INTO projects (id, name, limits, metadata, created_at_ms)
        VALUES ('default', 'default', '{}', '{}', CAST(strftime('%s', 'now') AS INTEGER) * 1000);
      CREATE TABLE keys_with_projects (
        id TEXT PRIMARY KEY NOT NULL,
        project_id TEXT NOT NULL REFERENCES projects (id),
        name TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE,
        previous_hash TEXT,
        previous_until_ms INTEGER,
        hint TEXT NOT NULL,
        scopes TEXT NOT NULL,
        models TEXT,
        limits TEXT NOT NULL,
        budget TEXT,
        metadata TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER,
        disabled_at_ms INTEGER,
        revoked_at_ms INTEGER,
        deleted_at_ms INTEGER,
        last_used_at_ms INTEGER
      ) STRICT;
      INSERT INTO keys_with_projects (
        id, project_id, name, hash, hint, scopes, limits, metadata, created_at_ms, expires_at_ms, revoked_at_ms, last_used_at_ms
      ) SELECT
        id, 'default', name, hash, hint, CASE scope WHEN 'admin' THEN '["inference","admin"]' ELSE '["inference"]' END,
        '{}', '{}', created_at_ms, expires_at_ms, revoked_at_ms, last_used_at_ms FROM api_keys;
      DROP TABLE api_keys;
      ALTER TABLE keys_with_projects RENAME TO api_keys;
      CREATE INDEX api_keys_by_age ON api_keys (created_at_ms, id);
      CREATE INDEX api_keys_by_previous_hash ON api_keys (previous_hash) WHERE previous_hash IS NOT NULL;
      CREATE TABLE unchecked_keys (
        hash TEXT PRIMARY KEY NOT NULL,
        key_id TEXT NOT NULL REFERENCES api_keys (id)
      ) STRICT;
      INSERT INTO unchecked_keys (hash, key_id) SELECT hash, id FROM api_keys;
      CREATE TABLE keyring (
        id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
        revision INTEGER NOT NULL,
        check_secret TEXT
      ) STRICT;
      INSERT INTO keyring (id, revision) VALUES (1, 1);
      CREATE TABLE audit_entries (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        at_ms INTEGER NOT NULL,
        actor_kind TEXT NOT NULL,
        actor_id TEXT NOT NULL,
        actor_name TEXT NOT NULL,
        action TEXT NOT NULL,
        object_id TEXT NOT NULL,
        object_name TEXT NOT NULL,
        changes TEXT NOT NULL
      ) STRICT;
      CREATE INDEX audit_entries_by_object ON audit_entries (object_id, sequence);
    `,
  postgres: `
      CREATE TABLE projects (
        id TEXT COLLATE "C" PRIMARY KEY,
        name TEXT COLLATE "C" NOT NULL,
        limits TEXT NOT NULL,
        budget TEXT,
        metadata TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        deleted_at_ms BIGINT
      );
      CREATE UNIQUE INDEX projects_by_name ON projects (name) WHERE deleted_at_ms IS NULL;
      INSERT INTO projects (id, name, limits, metadata, created_at_ms)
        VALUES ('default', 'default', '{}', '{}', floor(extract(epoch FROM now()))::bigint * 1000);
      ALTER TABLE api_keys
        ADD COLUMN project_id TEXT COLLATE "C" NOT NULL DEFAULT 'default' REFERENCES projects (id),
        ADD COLUMN previous_hash TEXT COLLATE "C",
        ADD COLUMN previous_until_ms BIGINT,
        ADD COLUMN scopes TEXT NOT NULL DEFAULT '["inference"]',
        ADD COLUMN models TEXT,
        ADD COLUMN limits TEXT NOT NULL DEFAULT '{}',
        ADD COLUMN budget TEXT,
        ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}',
        ADD COLUMN disabled_at_ms BIGINT,
        ADD COLUMN deleted_at_ms BIGINT;
      UPDATE api_keys SET scopes = '["inference","admin"]' WHERE scope = 'admin';
      ALTER TABLE api_keys DROP COLUMN scope;
      CREATE INDEX api_keys_by_age ON api_keys (created_at_ms, id);
      CREATE INDEX api_keys_by_previous_hash ON api_keys (previous_hash) WHERE previous_hash IS NOT NULL;
      CREATE TABLE unchecked_keys (
        hash TEXT COLLATE "C" PRIMARY KEY,
        key_id TEXT COLLATE "C" NOT NULL REFERENCES api_keys (id)
      );
      INSERT INTO unchecked_keys (hash, key_id) SELECT hash, id FROM api_keys;
      CREATE TABLE keyring (
        id BIGINT PRIMARY KEY CHECK (id = 1),
        revision BIGINT NOT NULL,
        check_secret TEXT
      );
      INSERT INTO keyring (id, revision) VALUES (1, 1);
      CREATE TABLE audit_entries (
        sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id TEXT COLLATE "C" NOT NULL UNIQUE,
        at_ms BIGINT NOT NULL,
        actor_kind TEXT NOT NULL,
        actor_id TEXT COLLATE "C" NOT NULL,
        actor_name TEXT NOT NULL,
        action TEXT COLLATE "C" NOT NULL,
        object_id TEXT COLLATE "C" NOT NULL,
        object_name TEXT NOT NULL,
        changes TEXT NOT NULL
      );
      CREATE INDEX audit_entries_by_object ON audit_entries (object_id, sequence);
    `,
};
