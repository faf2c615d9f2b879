import type { FastifyReply, FastifyRequest } from 'fastify';

/** GET /health: the process is alive and its event loop turns. */
export async function handleHealth(_request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return reply.send({ status: 'ok' });
}

/** GET /ready: a request can be served now; 503 while starting, draining or without a model. */
export function createReadyHandler(isReady: () => boolean) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    isReady() ? reply.send({ status: 'ready' }) : reply.code(503).send({ status: 'unavailable' });
}
