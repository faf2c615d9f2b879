import type { Migration } from '../migration.ts';

export const addKeyScopes: Migration = {
  version: 2,
  // The key that a first start made is the operator's own.
  sqlite: `
      ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'inference' CHECK (scope IN ('inference', 'admin'));
      UPDATE api_keys SET scope = 'admin' WHERE name = 'first';
    `,
  postgres: `
      ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'inference' CHECK (scope IN ('inference', 'admin'));
    `,
};
