import type { Migration } from '../migration.ts';

export const addLedger: Migration = {
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
};
