import { getConsolePage } from '../console/list-console-routes.ts';
import { sendConsoleFile } from '../console/send-console-file.ts';
import type { HttpLimits } from '../http-limits.ts';
import { renderHomePage } from '../pages/home-page.ts';
import { noAssets } from '../pages/page-assets.ts';
import { sendPage } from '../pages/send-page.ts';
import type { Handler, HttpServices } from '../route.ts';
import { toServerUrl } from '../server-url.ts';

/**
 * GET /: the console or, without one, a page of links; JSON for clients that ask for it. Models are named only where the
 * pages are open.
 */
export function createHomeHandler(
  { models, console, build }: Pick<HttpServices, 'models' | 'console' | 'build'>,
  { pages, publicUrl }: Pick<HttpLimits, 'pages' | 'publicUrl'>,
): Handler {
  const consolePage = console === undefined ? undefined : getConsolePage(console.files);
  return async (request, reply) => {
    reply.header('vary', 'Accept');
    const isForPrograms = wantsJson(request.headers.accept);
    if (consolePage !== undefined && !isForPrograms) return sendConsoleFile(request, reply, consolePage);
    const isReady = await models.isReady();
    const served = pages === 'open' ? await models.list() : undefined;
    const names = served?.map(({ name }) => name);
    if (isForPrograms) {
      const links = { models: '/v1/models', health: '/health', ready: '/ready', openapi: '/openapi.json' };
      return reply.send({ name: 'gravix', status: isReady ? 'ready' : 'unavailable', models: names, links });
    }
    const assets = build?.pages?.models ?? noAssets;
    const serverUrl = toServerUrl(request, publicUrl);
    return sendPage(reply, renderHomePage({ isReady, models: names, serverUrl, assets }));
  };
}

/** Browsers name HTML first; a client that names neither is taken for a person's. */
function wantsJson(accept = ''): boolean {
  return /\bapplication\/(?:[\w.+-]*\+)?json\b/i.test(accept) && !/\btext\/html\b/i.test(accept);
}
