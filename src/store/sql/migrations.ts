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
  {
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
  },
  {
    version: 5,
    // Names that many rows have are numbers there: a row of the ledger stays small.
    sqlite: `
      CREATE TABLE usage_names (
        id INTEGER PRIMARY KEY NOT NULL,
        name TEXT NOT NULL UNIQUE
      ) STRICT;
      CREATE TABLE replicas (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        host TEXT NOT NULL,
        process_id INTEGER NOT NULL,
        started_at_ms INTEGER NOT NULL,
        beat_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE open_requests (
        replica_id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        request_id TEXT NOT NULL,
        key INTEGER NOT NULL,
        project INTEGER NOT NULL,
        endpoint INTEGER NOT NULL,
        model INTEGER NOT NULL,
        is_streamed INTEGER NOT NULL,
        began_at_ms INTEGER NOT NULL,
        started_at_ms INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        cost_nano INTEGER NOT NULL,
        made_prompt_tokens INTEGER NOT NULL,
        made_completion_tokens INTEGER NOT NULL,
        made_cost_nano INTEGER NOT NULL,
        counts_for_key INTEGER NOT NULL,
        counts_for_project INTEGER NOT NULL,
        key_period TEXT,
        project_period TEXT,
        PRIMARY KEY (replica_id, number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX open_requests_by_key ON open_requests (key);
      CREATE INDEX open_requests_by_project ON open_requests (project);
      CREATE TABLE limit_windows (
        subject TEXT NOT NULL,
        width_ms INTEGER NOT NULL,
        start_ms INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        PRIMARY KEY (subject, width_ms, start_ms)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE budget_periods (
        subject TEXT NOT NULL,
        period TEXT NOT NULL,
        spent_nano INTEGER NOT NULL,
        spent_tokens INTEGER NOT NULL,
        PRIMARY KEY (subject, period)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE ledger (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id TEXT NOT NULL,
        began_at_ms INTEGER NOT NULL,
        ended_at_ms INTEGER NOT NULL,
        key INTEGER NOT NULL,
        project INTEGER NOT NULL,
        endpoint INTEGER NOT NULL,
        model INTEGER NOT NULL,
        deployment INTEGER,
        outcome INTEGER NOT NULL,
        error_code INTEGER,
        finish_reason INTEGER,
        is_streamed INTEGER NOT NULL,
        is_replay INTEGER NOT NULL,
        is_estimated INTEGER NOT NULL,
        answers INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        reasoning_tokens INTEGER NOT NULL,
        returned_prompt_tokens INTEGER NOT NULL,
        returned_cached_tokens INTEGER NOT NULL,
        returned_completion_tokens INTEGER NOT NULL,
        returned_reasoning_tokens INTEGER NOT NULL,
        cost_nano INTEGER,
        total_ms INTEGER NOT NULL,
        first_token_ms INTEGER,
        queue_ms INTEGER
      ) STRICT;
      CREATE INDEX ledger_by_end ON ledger (ended_at_ms);
      CREATE TABLE usage_sums (
        hour_ms INTEGER NOT NULL,
        key INTEGER NOT NULL,
        project INTEGER NOT NULL,
        model INTEGER NOT NULL,
        endpoint INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        refused_by_limit INTEGER NOT NULL,
        refused_by_budget INTEGER NOT NULL,
        refused_otherwise INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        reasoning_tokens INTEGER NOT NULL,
        cost_nano INTEGER NOT NULL,
        latency0 INTEGER NOT NULL, latency1 INTEGER NOT NULL, latency2 INTEGER NOT NULL, latency3 INTEGER NOT NULL, latency4 INTEGER NOT NULL, latency5 INTEGER NOT NULL,
        latency6 INTEGER NOT NULL, latency7 INTEGER NOT NULL, latency8 INTEGER NOT NULL, latency9 INTEGER NOT NULL, latency10 INTEGER NOT NULL, latency11 INTEGER NOT NULL,
        PRIMARY KEY (hour_ms, key, project, model, endpoint)
      ) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      CREATE TABLE usage_names (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name TEXT COLLATE "C" NOT NULL UNIQUE
      );
      CREATE TABLE replicas (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        host TEXT NOT NULL,
        process_id BIGINT NOT NULL,
        started_at_ms BIGINT NOT NULL,
        beat_at_ms BIGINT NOT NULL
      );
      CREATE TABLE open_requests (
        replica_id BIGINT NOT NULL,
        number BIGINT NOT NULL,
        request_id TEXT NOT NULL,
        key BIGINT NOT NULL,
        project BIGINT NOT NULL,
        endpoint BIGINT NOT NULL,
        model BIGINT NOT NULL,
        is_streamed BIGINT NOT NULL,
        began_at_ms BIGINT NOT NULL,
        started_at_ms BIGINT NOT NULL,
        prompt_tokens BIGINT NOT NULL,
        completion_tokens BIGINT NOT NULL,
        cost_nano BIGINT NOT NULL,
        made_prompt_tokens BIGINT NOT NULL,
        made_completion_tokens BIGINT NOT NULL,
        made_cost_nano BIGINT NOT NULL,
        counts_for_key BIGINT NOT NULL,
        counts_for_project BIGINT NOT NULL,
        key_period TEXT COLLATE "C",
        project_period TEXT COLLATE "C",
        PRIMARY KEY (replica_id, number)
      );
      CREATE INDEX open_requests_by_key ON open_requests (key);
      CREATE INDEX open_requests_by_project ON open_requests (project);
      CREATE TABLE limit_windows (
        subject TEXT COLLATE "C" NOT NULL,
        width_ms BIGINT NOT NULL,
        start_ms BIGINT NOT NULL,
        requests BIGINT NOT NULL,
        tokens BIGINT NOT NULL,
        PRIMARY KEY (subject, width_ms, start_ms)
      );
      CREATE TABLE budget_periods (
        subject TEXT COLLATE "C" NOT NULL,
        period TEXT COLLATE "C" NOT NULL,
        spent_nano BIGINT NOT NULL,
        spent_tokens BIGINT NOT NULL,
        PRIMARY KEY (subject, period)
      );
      CREATE TABLE ledger (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        request_id TEXT NOT NULL,
        began_at_ms BIGINT NOT NULL,
        ended_at_ms BIGINT NOT NULL,
        key INTEGER NOT NULL,
        project INTEGER NOT NULL,
        endpoint INTEGER NOT NULL,
        model INTEGER NOT NULL,
        deployment INTEGER,
        outcome INTEGER NOT NULL,
        error_code INTEGER,
        finish_reason INTEGER,
        is_streamed SMALLINT NOT NULL,
        is_replay SMALLINT NOT NULL,
        is_estimated SMALLINT NOT NULL,
        answers SMALLINT NOT NULL,
        attempts SMALLINT NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        reasoning_tokens INTEGER NOT NULL,
        returned_prompt_tokens INTEGER NOT NULL,
        returned_cached_tokens INTEGER NOT NULL,
        returned_completion_tokens INTEGER NOT NULL,
        returned_reasoning_tokens INTEGER NOT NULL,
        cost_nano BIGINT,
        total_ms INTEGER NOT NULL,
        first_token_ms INTEGER,
        queue_ms INTEGER
      );
      CREATE INDEX ledger_by_end ON ledger (ended_at_ms);
      CREATE TABLE usage_sums (
        hour_ms BIGINT NOT NULL,
        key BIGINT NOT NULL,
        project BIGINT NOT NULL,
        model BIGINT NOT NULL,
        endpoint BIGINT NOT NULL,
        requests BIGINT NOT NULL,
        refused_by_limit BIGINT NOT NULL,
        refused_by_budget BIGINT NOT NULL,
        refused_otherwise BIGINT NOT NULL,
        prompt_tokens BIGINT NOT NULL,
        cached_tokens BIGINT NOT NULL,
        completion_tokens BIGINT NOT NULL,
        reasoning_tokens BIGINT NOT NULL,
        cost_nano BIGINT NOT NULL,
        latency0 BIGINT NOT NULL, latency1 BIGINT NOT NULL, latency2 BIGINT NOT NULL, latency3 BIGINT NOT NULL, latency4 BIGINT NOT NULL, latency5 BIGINT NOT NULL,
        latency6 BIGINT NOT NULL, latency7 BIGINT NOT NULL, latency8 BIGINT NOT NULL, latency9 BIGINT NOT NULL, latency10 BIGINT NOT NULL, latency11 BIGINT NOT NULL,
        PRIMARY KEY (hour_ms, key, project, model, endpoint)
      );
    `,
  },
  {
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
  },
];

/** The version of a database that this program has brought up to date. */
export const newestVersion = migrations.length;
