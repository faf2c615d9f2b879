import type { FastifyReply } from 'fastify';

export interface PageText {
  readonly type: string;
  readonly content: string | Buffer;
  readonly contentSecurityPolicy: string;
}

/** A page, or what it loads, under its policy. */
export function sendPageText(reply: FastifyReply, text: PageText): FastifyReply {
  return reply
    .headers({
      'content-type': text.type,
      'cache-control': 'no-cache',
      'content-security-policy': text.contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .send(text.content);
}
