import type { FastifyReply, FastifyRequest } from 'fastify';
import { toOwnKey } from '../../protocol/openai/admin/own-key.ts';
import { toCallerOf } from '../request-state.ts';
import type { Handler, HttpServices } from '../route.ts';

/** GET /key: what the asking key may use, and what it has used. */
export function createOwnKeyHandler({ readKeyUse }: Pick<HttpServices, 'readKeyUse'>): Handler {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { key } = toCallerOf(request);
    return reply.send(toOwnKey(key, await readKeyUse(key)));
  };
}
