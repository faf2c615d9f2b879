import {
  getCompletionsUsageOperation,
  getCostsOperation,
  getEmbeddingsUsageOperation,
  getOwnKeyOperation,
  getOwnUsageOperation,
  getUsageOperation,
  listRequestsOperation,
} from './openapi/usage-operations.ts';
import type { HttpServices, Route } from './route.ts';
import { createRequestLogHandler } from './routes/admin-requests.ts';
import { createOwnKeyHandler } from './routes/own-key.ts';
import { createUsageHandlers } from './routes/usage.ts';

/** What was used: all of it for keys of the scope `admin`, and for every key its own. */
export function listUsageRoutes(base: string, services: HttpServices): Route[] {
  const usage = createUsageHandlers(services);
  const ofOrganization = `${base}/organization`;
  return [
    {
      method: 'GET',
      url: `${base}/key`,
      handler: createOwnKeyHandler(services),
      access: 'any-key',
      operation: getOwnKeyOperation,
    },
    {
      method: 'GET',
      url: `${base}/usage`,
      handler: usage.showOwn,
      access: 'any-key',
      operation: getOwnUsageOperation,
    },
    {
      method: 'GET',
      url: `${base}/admin/usage`,
      handler: usage.showAll,
      access: ['admin'],
      operation: getUsageOperation,
    },
    {
      method: 'GET',
      url: `${base}/admin/requests`,
      handler: createRequestLogHandler(services),
      access: ['admin'],
      operation: listRequestsOperation,
    },
    {
      method: 'GET',
      url: `${ofOrganization}/usage/completions`,
      handler: usage.showCompletions,
      access: ['admin'],
      operation: getCompletionsUsageOperation,
    },
    {
      method: 'GET',
      url: `${ofOrganization}/usage/embeddings`,
      handler: usage.showEmbeddings,
      access: ['admin'],
      operation: getEmbeddingsUsageOperation,
    },
    {
      method: 'GET',
      url: `${ofOrganization}/costs`,
      handler: usage.showCosts,
      access: ['admin'],
      operation: getCostsOperation,
    },
  ];
}
