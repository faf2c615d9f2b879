import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UsageRecord } from '../../service/usage/usage-record.ts';
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
export function createAccessLog(
  logger: Logger,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const { state } = request;
    const elapsedMs = performance.now() - state.startedAtMs;
    const usage = await state.usage;
    // What is not known of this request is undefined here, and not in the line.
    const line = {
      requestId: request.id,
      method: request.method,
      // The route and not the URL: a query string may carry what belongs to nobody's log.
      route: request.routeOptions.url ?? 'unknown',
      status: reply.raw.headersSent ? reply.raw.statusCode : clientLeftStatus,
      // False where the client left before its answer was whole, or a stream broke.
      isComplete: reply.raw.writableFinished,
      keyId: state.caller?.id,
      keyName: toLogText(state.caller?.keyName),
      clientAddress: state.clientAddress,
      userAgent: toLogText(request.headers['user-agent']),
      model: toLogText(state.model),
      ...toUsageFields(usage),
      streamErrorCode: state.streamErrorCode,
      elapsedMs: roundMs(elapsedMs),
    };
    // What asks every few seconds would drown the rest.
    const level = probeRoutes.has(line.route) ? 'debug' : 'info';
    logger[level](line, 'request');
  };
}

/** Of a request that a model began to answer. */
function toUsageFields(usage: UsageRecord | undefined) {
  if (usage === undefined || usage.attempts.length === 0) return {};
  const { returned, finishReason, toolCalls, structuredAttempts } = usage;
  return {
    promptTokens: returned.promptTokens,
    cachedTokens: returned.cachedTokens,
    completionTokens: returned.completionTokens,
    finishReason,
    // Only where there are any.
    toolCalls: toolCalls || undefined,
    structuredAttempts,
    queueWaitMs: roundMs(usage.queueWaitMs),
    timeToFirstTokenMs: roundMs(usage.timeToFirstTokenMs),
  };
}

function roundMs(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : Math.round(timeMs * 10) / 10;
}
