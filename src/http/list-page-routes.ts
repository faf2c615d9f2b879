import type { HttpLimits } from './http-limits.ts';
import type { DescribedRoute } from './openapi/create-openapi-document.ts';
import {
  getDocsOperation,
  getModelsPageOperation,
  getOpenApiOperation,
} from './openapi/server-operations.ts';
import type { HttpServices, Route } from './route.ts';
import { createDocsHandler } from './routes/docs.ts';
import { createModelsPageHandler } from './routes/models-page.ts';
import { createDocumentReader, createOpenApiHandler } from './routes/openapi.ts';

/**
 * What the setting `pages` opens or closes: the documentation, its document, and the models.
 * @param listRoutes all routes, which the document describes
 */
export function listPageRoutes(
  services: HttpServices,
  limits: HttpLimits,
  listRoutes: () => readonly DescribedRoute[],
): Route[] {
  const { models, version, build, console } = services;
  const { publicUrl } = limits;
  const readDocument = createDocumentReader({ models, version, publicUrl, listRoutes });
  const docs = createDocsHandler({
    readDocument,
    publicUrl,
    assets: build?.pages?.docs,
    hasConsole: console !== undefined,
  });
  return [
    {
      method: 'GET',
      url: '/openapi.json',
      handler: createOpenApiHandler(readDocument),
      access: 'page',
      operation: getOpenApiOperation,
    },
    { method: 'GET', url: '/docs', handler: docs, access: 'page', operation: getDocsOperation },
    { method: 'GET', url: '/docs/*', handler: docs, access: 'page' },
    {
      method: 'GET',
      url: '/models',
      handler: createModelsPageHandler(services, limits),
      access: 'page',
      operation: getModelsPageOperation,
    },
  ];
}
