import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelService } from '../../service/models/models.ts';
import type { HttpLimits } from '../http-limits.ts';
import { homeStylesheet, renderHomePage } from '../pages/home-page.ts';
import { sendPageText } from '../pages/send-page-text.ts';
import { toPagePolicy } from '../pages/to-page-policy.ts';
import { toServerUrl } from '../server-url.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

const contentSecurityPolicy = toPagePolicy();

/** GET /: a page for people, JSON for clients that ask for it. It names models only where the pages are open. */
export function createHomeHandler(
  models: ModelService,
  { pages, publicUrl }: Pick<HttpLimits, 'pages' | 'publicUrl'>,
): Handler {
  return async (request, reply) => {
    reply.header('vary', 'Accept');
    const isReady = await models.isReady();
    const served = pages === 'open' ? await models.list() : undefined;
    const names = served?.map(({ name }) => name);
    if (wantsJson(request.headers.accept)) {
      const links = { models: '/v1/models', health: '/health', ready: '/ready', openapi: '/openapi.json' };
      return reply.send({ name: 'gravix', status: isReady ? 'ready' : 'unavailable', models: names, links });
    }
    const content = renderHomePage({ isReady, models: names, serverUrl: toServerUrl(request, publicUrl) });
    return sendPageText(reply, { type: 'text/html; charset=utf-8', content, contentSecurityPolicy });
  };
}

/** Browsers name HTML first; a client that names neither is taken for a person's. */
function wantsJson(accept = ''): boolean {
  return /\bapplication\/(?:[\w.+-]*\+)?json\b/i.test(accept) && !/\btext\/html\b/i.test(accept);
}

/** GET /page.css: open like its page, which stands unstyled without it. */
export const handleHomeStylesheet: Handler = async (_request, reply) =>
  sendPageText(reply, { type: 'text/css; charset=utf-8', content: homeStylesheet, contentSecurityPolicy });
