import type { Migration } from '../migration.ts';

const buckets = Array.from({ length: 29 }, (_, bucket) => bucket);
const durations = buckets.map((bucket) => `duration${bucket}`);
const firstTokens = buckets.map((bucket) => `first_token${bucket}`);

const counts = `requests, refused_by_limit, refused_by_budget, refused_otherwise, prompt_tokens, cached_tokens,
        completion_tokens, reasoning_tokens, cost_nano`;

/** The buckets that end where the ones of before ended; of the last one no end is known. */
const earlierBuckets = [5, 7, 9, 11, 13, 15, 17, 19, 20, 22, 24, 25];

const earlierDurations = buckets.map((bucket) => {
  const earlier = earlierBuckets.indexOf(bucket);
  return earlier === -1 ? '0' : `latency${earlier}`;
});

/** With the filters of the log of requests: what they leave out is read from the index alone. */
const ledgerIndex = `
      DROP INDEX ledger_by_end;
      CREATE INDEX ledger_by_end ON ledger (ended_at_ms, id, outcome, key, project, model, endpoint, deployment);`;

/** Sums know deployments, outcomes and finer times. Hours of before have the empty name for the first two. */
export const addUsageDetails: Migration = {
  version: 8,
  sqlite: `${ledgerIndex}
      INSERT INTO usage_names (name) VALUES ('') ON CONFLICT (name) DO NOTHING;
      CREATE TABLE new_usage_sums (
        hour_ms INTEGER NOT NULL,
        key INTEGER NOT NULL,
        project INTEGER NOT NULL,
        model INTEGER NOT NULL,
        endpoint INTEGER NOT NULL,
        deployment INTEGER NOT NULL,
        outcome INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        refused_by_limit INTEGER NOT NULL,
        refused_by_budget INTEGER NOT NULL,
        refused_otherwise INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        reasoning_tokens INTEGER NOT NULL,
        cost_nano INTEGER NOT NULL,
        ${[...durations, ...firstTokens].map((column) => `${column} INTEGER NOT NULL`).join(', ')},
        PRIMARY KEY (hour_ms, key, project, model, endpoint, deployment, outcome)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO new_usage_sums
        SELECT hour_ms, key, project, model, endpoint, unknown.id, unknown.id, ${counts},
          ${earlierDurations.join(', ')}, ${firstTokens.map(() => '0').join(', ')}
        FROM usage_sums, (SELECT id FROM usage_names WHERE name = '') AS unknown;
      DROP TABLE usage_sums;
      ALTER TABLE new_usage_sums RENAME TO usage_sums;
      CREATE INDEX usage_sums_by_hour ON usage_sums (hour_ms, outcome, key, project, model, endpoint, deployment);
    `,
  postgres: `${ledgerIndex}
      INSERT INTO usage_names (name) VALUES ('') ON CONFLICT (name) DO NOTHING;
      ALTER TABLE usage_sums RENAME TO old_usage_sums;
      ALTER INDEX usage_sums_pkey RENAME TO old_usage_sums_pkey;
      CREATE TABLE usage_sums (
        hour_ms BIGINT NOT NULL,
        key BIGINT NOT NULL,
        project BIGINT NOT NULL,
        model BIGINT NOT NULL,
        endpoint BIGINT NOT NULL,
        deployment BIGINT NOT NULL,
        outcome BIGINT NOT NULL,
        requests BIGINT NOT NULL,
        refused_by_limit BIGINT NOT NULL,
        refused_by_budget BIGINT NOT NULL,
        refused_otherwise BIGINT NOT NULL,
        prompt_tokens BIGINT NOT NULL,
        cached_tokens BIGINT NOT NULL,
        completion_tokens BIGINT NOT NULL,
        reasoning_tokens BIGINT NOT NULL,
        cost_nano BIGINT NOT NULL,
        ${[...durations, ...firstTokens].map((column) => `${column} BIGINT NOT NULL`).join(', ')},
        PRIMARY KEY (hour_ms, key, project, model, endpoint, deployment, outcome)
      );
      INSERT INTO usage_sums
        SELECT hour_ms, key, project, model, endpoint, unknown.id, unknown.id, ${counts},
          ${earlierDurations.join(', ')}, ${firstTokens.map(() => '0').join(', ')}
        FROM old_usage_sums, (SELECT id FROM usage_names WHERE name = '') AS unknown;
      DROP TABLE old_usage_sums;
    `,
};
