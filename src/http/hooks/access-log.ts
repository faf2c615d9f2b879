import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../telemetry/logger.ts';
import { toLogText } from './to-log-text.ts';

/** Status of a request whose client left before it was answered; nginx's number for it, never sent. */
const clientLeftStatus = 499;

/** What load balancers and orchestrators ask. */
const probeRoutes = new Set(['/health', '/ready']);

/**
 * One line for each request: who, what, how much and how long; never a word of the conversation. Written when the
 * answer closes, however it ends: Fastify's own hook for that does not run for an answer that was cut off.
 */
export function createAccessLog(logger: Logger): (request: FastifyRequest, reply: FastifyReply) => void {
  return (request, reply) => {
    const { state } = request;
    const { record } = state;
    // What is not known of this request is undefined here, and not in the line.
    const line = {
      requestId: request.id,
      method: request.method,
      // The route and not the URL: a query string may carry what belongs to nobody's log.
      route: request.routeOptions.url ?? 'unknown',
      status: reply.raw.headersSent ? reply.raw.statusCode : clientLeftStatus,
      // False where the client left before its answer was whole, or a stream broke.
      isComplete: reply.raw.writableFinished,
      keyId: state.identity?.id,
      keyName: toLogText(state.identity?.name),
      clientAddress: state.clientAddress,
      userAgent: toLogText(request.headers['user-agent']),
      model: toLogText(state.model),
      promptTokens: record?.promptTokens,
      cachedTokens: record?.cachedTokens,
      completionTokens: record?.completionTokens,
      finishReason: record?.finishReason,
      // Only where there are any.
      toolCalls: record?.toolCalls || undefined,
      structuredAttempts: record?.structuredAttempts,
      queueWaitMs: roundMs(record?.queueWaitMs),
      timeToFirstTokenMs: roundMs(record?.timeToFirstTokenMs),
      streamErrorCode: state.streamErrorCode,
      elapsedMs: roundMs(performance.now() - state.startedAtMs),
    };
    // What asks every few seconds would drown the rest.
    const level = probeRoutes.has(line.route) ? 'debug' : 'info';
    logger[level](line, 'request');
  };
}

function roundMs(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : Math.round(timeMs * 10) / 10;
}
