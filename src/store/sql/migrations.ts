import type { Migration } from './migration.ts';
import { addApiKeys } from './migrations/add-api-keys.ts';
import { addBudgetNotices } from './migrations/add-budget-notices.ts';
import { addIdempotentAnswers } from './migrations/add-idempotent-answers.ts';
import { addKeyScopes } from './migrations/add-key-scopes.ts';
import { addLedger } from './migrations/add-ledger.ts';
import { addOpenDeployments } from './migrations/add-open-deployments.ts';
import { addProjects } from './migrations/add-projects.ts';
import { addStoredCompletions } from './migrations/add-stored-completions.ts';
import { addUsageDetails } from './migrations/add-usage-details.ts';

/** In order. A new one is a file in `migrations/` and a line here. */
export const migrations: readonly Migration[] = [
  addApiKeys,
  addKeyScopes,
  addStoredCompletions,
  addProjects,
  addLedger,
  addIdempotentAnswers,
  addBudgetNotices,
  addUsageDetails,
  addOpenDeployments,
];

/** The version of a database that this program has brought up to date. */
export const newestVersion = migrations.length;
