import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { docsContentSecurityPolicy, docsPage, docsStylesheet } from '../docs/docs-page.ts';
import { docsScript } from '../docs/docs-script.ts';
import { sendPageText } from '../pages/send-page-text.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** GET /docs: the reference as a page. */
export const handleDocsPage: Handler = async (_request, reply) =>
  sendText(reply, 'text/html; charset=utf-8', docsPage);

/** The files that the page loads, by name below /docs/. The viewer's files come from its package. */
export function createDocsAssetHandlers(): Readonly<Record<string, Handler>> {
  return {
    'page.js': async (_request, reply) => sendText(reply, 'text/javascript; charset=utf-8', docsScript),
    'page.css': async (_request, reply) => sendText(reply, 'text/css; charset=utf-8', docsStylesheet),
    'viewer.js': createFileHandler('swagger-ui-dist/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
    'viewer.css': createFileHandler('swagger-ui-dist/swagger-ui.css', 'text/css; charset=utf-8'),
  };
}

/** Read at the first request and kept: 1.9 MB that a server without readers never takes. */
function createFileHandler(file: string, type: string): Handler {
  let content: Promise<Buffer> | undefined;
  return async (_request, reply) => {
    content ??= readFile(createRequire(import.meta.url).resolve(file));
    return sendText(reply, type, await content);
  };
}

function sendText(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return sendPageText(reply, { type, content, contentSecurityPolicy: docsContentSecurityPolicy });
}
