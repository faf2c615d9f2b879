import type { FastifyReply } from 'fastify';
import type { Html } from './html.ts';
import { pagePolicy } from './page-policy.ts';

/** A page under the policy of all pages. */
export function sendPage(reply: FastifyReply, page: Html): FastifyReply {
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': pagePolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .send(page.markup);
}
