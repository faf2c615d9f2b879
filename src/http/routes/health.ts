import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Health, Readiness } from '../../protocol/server-status.ts';

/** GET /health: the process is alive and its event loop turns. */
export async function handleHealth(_request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return reply.send({ status: 'ok' } satisfies Health);
}

/**
 * GET /ready: a request can be served now; 503 while starting, draining or without a model. A database that does not
 * answer is a detail: a balancer must not take all replicas out because of it.
 */
export function createReadyHandler(isReady: () => Promise<boolean>, isStoreAnswering: () => boolean) {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const answer: Readiness = {
      status: (await isReady()) ? 'ready' : 'unavailable',
      database: isStoreAnswering() ? 'ok' : 'degraded',
    };
    return reply.code(answer.status === 'ready' ? 200 : 503).send(answer);
  };
}
