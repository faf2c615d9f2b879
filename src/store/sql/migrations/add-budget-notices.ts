import type { Migration } from '../migration.ts';

export const addBudgetNotices: Migration = {
  version: 7,
  // The highest limits whose soft limit was reported in the period; 0: none was.
  sqlite: `
      ALTER TABLE budget_periods ADD COLUMN noticed_nano INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE budget_periods ADD COLUMN noticed_tokens INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE webhook_messages (
        id TEXT PRIMARY KEY NOT NULL,
        body TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        due_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX webhook_messages_by_due ON webhook_messages (due_at_ms);
    `,
  postgres: `
      ALTER TABLE budget_periods
        ADD COLUMN noticed_nano BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN noticed_tokens BIGINT NOT NULL DEFAULT 0;
      CREATE TABLE webhook_messages (
        id TEXT COLLATE "C" PRIMARY KEY,
        body TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        due_at_ms BIGINT NOT NULL
      );
      CREATE INDEX webhook_messages_by_due ON webhook_messages (due_at_ms);
    `,
};
