import type { FastifyRequest } from 'fastify';
import { parseDocsQuery } from '../../protocol/openai/docs/docs-query.ts';
import { createDocTexts } from '../docs/doc-files.ts';
import { renderDocsPage } from '../docs/docs-page.ts';
import { createDocsSite } from '../docs/docs-site.ts';
import type { OpenApiDocument } from '../openapi/openapi-document.ts';
import { noAssets, type PageAssets } from '../pages/page-assets.ts';
import { sendPage } from '../pages/send-page.ts';
import { toIgnoredHeaders } from '../read-body.ts';
import type { Handler } from '../route.ts';
import { toServerUrl } from '../server-url.ts';

export interface DocsHandlerOptions {
  /** The document of /openapi.json, as it answers this request. */
  readonly readDocument: (request: FastifyRequest) => Promise<OpenApiDocument>;
  readonly publicUrl: string | undefined;
  readonly assets: PageAssets | undefined;
  readonly hasConsole: boolean;
}

/** GET /docs and all pages below it. */
export function createDocsHandler(options: DocsHandlerOptions): Handler {
  const { readDocument, publicUrl, assets = noAssets, hasConsole } = options;
  const readTexts = createDocTexts();
  return async (request, reply) => {
    const { fields, ignoredParameters } = parseDocsQuery(request.query as Record<string, unknown>);
    const site = createDocsSite(await readDocument(request), await readTexts());
    const { page, isFound } = renderDocsPage({
      site,
      path: toPath(request.url),
      query: fields.q,
      assets,
      hasConsole,
      serverUrl: toServerUrl(request, publicUrl),
    });
    reply.code(isFound ? 200 : 404).headers(toIgnoredHeaders(ignoredParameters));
    return sendPage(reply, page);
  };
}

/** A slash at the end changes nothing. */
function toPath(url: string): string {
  const [path = ''] = url.split('?');
  return path.replace(/\/+$/, '');
}
