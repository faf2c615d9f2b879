import type { Migration } from '../migration.ts';

/** An open request knows which deployment works for it, for the row that it gets if its process dies. */
export const addOpenDeployments: Migration = {
  version: 9,
  sqlite: `
      ALTER TABLE open_requests ADD COLUMN deployment INTEGER;
    `,
  postgres: `
      ALTER TABLE open_requests ADD COLUMN deployment BIGINT;
    `,
};
