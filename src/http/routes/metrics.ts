import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Handler, HttpMetrics } from '../route.ts';

/** GET /metrics: figures of this server for Prometheus. */
export function createMetricsHandler(metrics: HttpMetrics): Handler {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply
      .header('content-type', metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.readText());
}
