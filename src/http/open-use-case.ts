import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../service/service-error.ts';
import type { UsageEndpoint } from '../service/usage/usage-record.ts';
import type { UseCase, UseCaseFrame } from '../service/usage/use-case.ts';
import { onClientLeft } from './client-signal.ts';
import { toCallerOf } from './request-state.ts';

export interface AskedUseCase {
  readonly endpoint: UsageEndpoint;
  /** The model name in the request. Undefined if it comes from a stored answer. */
  readonly model: string | undefined;
  readonly isStreamed?: boolean;
}

/** Opens the use case of a request, whose access line is then written from its usage. The service that takes it ends it. */
export function openUseCase(
  frame: UseCaseFrame,
  request: FastifyRequest,
  reply: FastifyReply,
  { endpoint, model, isStreamed = false }: AskedUseCase,
): UseCase {
  const useCase = frame.open({
    caller: toCallerOf(request),
    requestId: request.id,
    endpoint,
    model,
    isStreamed,
    traceparent: request.state.traceparent,
    arrivedAtMs: request.state.startedAtMs,
    onFigures: (figures) => {
      request.state.rateLimits = figures;
    },
  });
  onClientLeft(reply, useCase.leave);
  request.state.usage = useCase.usage;
  return useCase;
}

/**
 * A request that a service refuses before its use case starts, for example because it continues an answer
 * that is not stored, has a usage record too. Any other error comes from the body, which reaches no use case.
 */
export function noteRefusal(
  frame: UseCaseFrame,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AskedUseCase,
  error: unknown,
): void {
  if (error instanceof ServiceError) openUseCase(frame, request, reply, asked).end(error);
}
