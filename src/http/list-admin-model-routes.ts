import { toModelParam } from '../protocol/openai/models/to-model-param.ts';
import {
  cancelPullOperation,
  drillOperation,
  listAdminModelsOperation,
  listCatalogueOperation,
  listPullsOperation,
  listUpstreamsOperation,
  pinModelOperation,
  startPullOperation,
  unpinModelOperation,
} from './openapi/admin-model-operations.ts';
import type { HttpServices, Route } from './route.ts';
import { createAdminModelHandlers } from './routes/admin-models.ts';
import { createAdminUpstreamHandlers } from './routes/admin-upstreams.ts';

/** Models, their memory and pulls, and upstreams: for keys of the scope `admin`. */
export function listAdminModelRoutes(base: string, services: HttpServices): Route[] {
  const handlers = createAdminModelHandlers(services);
  const upstreams = createAdminUpstreamHandlers(services.upstreams);
  const models = `${base}/admin/models`;
  const routes: Omit<Route, 'access'>[] = [
    { method: 'GET', url: models, handler: handlers.list, operation: listAdminModelsOperation },
    {
      method: 'GET',
      url: `${models}/catalogue`,
      handler: handlers.listCatalogue,
      operation: listCatalogueOperation,
    },
    { method: 'POST', url: `${models}/pin`, handler: handlers.pin, operation: pinModelOperation },
    { method: 'POST', url: `${models}/unpin`, handler: handlers.unpin, operation: unpinModelOperation },
    {
      method: 'GET',
      url: `${base}/admin/upstreams`,
      handler: upstreams.list,
      operation: listUpstreamsOperation,
    },
    {
      method: 'POST',
      url: `${base}/admin/upstreams/drill`,
      handler: upstreams.drill,
      operation: drillOperation,
    },
    { method: 'GET', url: `${models}/pulls`, handler: handlers.listPulls, operation: listPullsOperation },
    { method: 'POST', url: `${models}/pulls`, handler: handlers.startPull, operation: startPullOperation },
    {
      method: 'POST',
      url: `${models}/pulls/cancel`,
      handler: handlers.cancelPull,
      operation: cancelPullOperation,
    },
  ];
  return routes.map((route) => ({ ...route, access: ['admin'], toParam: toModelParam }));
}
