import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError, toHttpFailure } from '../http-error.ts';
import type { HttpLimits } from '../http-limits.ts';
import { renderClosedPage } from '../pages/closed-page.ts';
import { noAssets } from '../pages/page-assets.ts';
import { sendPage } from '../pages/send-page.ts';
import type { HttpServices } from '../route.ts';
import { toServerUrl } from '../server-url.ts';
import type { AuthenticateHook } from './authenticate.ts';

/** Lets a request for a page pass that presents a valid key. A browser can't, so it gets a page that says what to do. */
export function createOpenPageHook(
  authenticate: AuthenticateHook,
  { build, console }: Pick<HttpServices, 'build' | 'console'>,
  { publicUrl }: Pick<HttpLimits, 'publicUrl'>,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    reply.header('vary', 'Accept');
    try {
      return await authenticate(request);
    } catch (error) {
      if (!isMissingKey(error) || !wantsHtml(request.headers.accept)) throw error;
      const { status, headers, code } = toHttpFailure(error);
      request.state.errorCode = code;
      const page = renderClosedPage({
        // Not the address, which may hold anything: it is part of a command.
        path: (request.routeOptions.url ?? '/docs').replace('/*', ''),
        serverUrl: toServerUrl(request, publicUrl),
        hasConsole: console !== undefined,
        assets: build?.pages?.models ?? noAssets,
      });
      return sendPage(reply.code(status).headers(headers), page);
    }
  };
}

function isMissingKey(error: unknown): error is HttpError {
  return error instanceof HttpError && error.code === 'invalid_api_key';
}

/** Browsers name it when somebody opens an address. */
function wantsHtml(accept = ''): boolean {
  return /\btext\/html\b/i.test(accept);
}
