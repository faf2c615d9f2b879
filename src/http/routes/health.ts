import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Health, Readiness } from '../../protocol/server-status.ts';

/** GET /health: the process is alive and its event loop turns. */
export async function handleHealth(_request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return reply.send({ status: 'ok' } satisfies Health);
}

/** GET /ready: a request can be served now; 503 while starting, draining or without a model. */
export function createReadyHandler(isReady: () => Promise<boolean>) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const answer: Readiness = { status: (await isReady()) ? 'ready' : 'unavailable' };
    return reply.code(answer.status === 'ready' ? 200 : 503).send(answer);
  };
}
