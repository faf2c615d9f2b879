import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UsageRecord } from '../../service/usage/usage-record.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { HttpMetrics } from '../route.ts';
import { toLogText } from './to-log-text.ts';

/** Status of a request whose client left before it was answered; nginx's number for it, never sent. */
const clientLeftStatus = 499;

/** The routes that load balancers, orchestrators and Prometheus poll. */
const probeRoutes = new Set(['/health', '/ready', '/metrics']);

/**
 * One line per request: caller, action, amounts and times, but no text of the conversation. It is written
 * when the answer closes, whatever its outcome; Fastify's hook does not run for an answer that was cut off.
 */
export function createAccessLog(
  logger: Logger,
  metrics: Pick<HttpMetrics, 'noteAnswer'>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const { state } = request;
    const elapsedMs = performance.now() - state.startedAtMs;
    const usage = await state.usage;
    // The route instead of the URL, because a query string may contain private data.
    const route = request.routeOptions.url ?? 'unknown';
    // Unknown values are undefined here and omitted from the line.
    const asked = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.raw.headersSent ? reply.raw.statusCode : clientLeftStatus,
      // False where the client left before its answer was whole, or a stream broke.
      isComplete: reply.raw.writableFinished,
      keyId: state.caller?.id,
      keyName: toLogText(state.caller?.keyName),
      clientAddress: state.clientAddress,
      userAgent: toLogText(request.headers['user-agent']),
      model: toLogText(state.model),
    };
    metrics.noteAnswer(route, asked.status);
    // Frequent polling would bury the other lines and spans.
    const isProbe = probeRoutes.has(route);
    if (!isProbe) {
      const { requestId, method, status } = asked;
      state.trace?.end({ requestId, method, route, status, arrivedAtMs: state.startedAtMs, usage });
    }
    const { errorCode, streamErrorCode } = state;
    const ended = { errorCode, streamErrorCode, elapsedMs: roundMs(elapsedMs) };
    logger[isProbe ? 'debug' : 'info'](Object.assign(asked, toUsageFields(usage), ended), 'request');
  };
}

/** Of a request that a model began to answer. */
function toUsageFields(usage: UsageRecord | undefined) {
  if (usage === undefined || usage.attempts.length === 0) return {};
  const { deployment, returned, finishReason, toolCalls, structuredAttempts } = usage;
  return {
    deployment,
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
