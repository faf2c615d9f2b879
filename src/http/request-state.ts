import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { ToParam } from '../backend/request-place.ts';
import { createRandomHex } from '../protocol/openai/shared/create-random-hex.ts';
import type { AnswerKeeper } from '../service/idempotency/answer-keeper.ts';
import { type AuditActor, toAuditActor } from '../service/keys/audit.ts';
import type { RateLimitFigures } from '../service/limits/rate-limit-figures.ts';
import type { Caller } from '../service/usage/caller.ts';
import type { UsageRecord } from '../service/usage/usage-record.ts';
import { type ApiForm, toApiForm } from './api-form.ts';
import { toClientAddress } from './client-address.ts';
import type { CorsPolicy } from './hooks/cors.ts';
import { toAnthropicRateLimitHeaders, toRateLimitHeaders } from './rate-limit-headers.ts';
import type { HttpTrace } from './route.ts';

/** The state of a request while it is served: one object for the hooks, the routes and the access log. */
export interface RequestState {
  readonly apiForm: ApiForm;
  readonly startedAtMs: number;
  /** CORS headers for the page that sent the request. Empty if its origin is not allowed. */
  readonly corsHeaders: Readonly<Record<string, string>>;
  /** The client's IP address. Undefined if the connection is already gone. */
  readonly clientAddress: string | undefined;
  /** Undefined: it is not traced. */
  trace?: HttpTrace;
  /** The W3C trace context for remote servers: of its own span, or as the client sent it. */
  traceparent?: string;
  /** Undefined without a valid key. */
  caller?: Caller;
  /** Throws where its key may not use a model; undefined without a valid key. */
  assertModel?: (modelName: string | undefined) => void;
  /** The name that was asked for. */
  model?: string | undefined;
  /** The usage of its use case, after it has ended. Undefined if the request reached none. */
  usage?: Promise<UsageRecord>;
  /** The body as it arrived. Only with an idempotency key, until it has been compared. */
  bodyText?: string | undefined;
  /** Of the first request with an idempotency key. Undefined without a key. */
  answerKeeper?: AnswerKeeper;
  /** The endpoint's names for places in errors, once the body is parsed. */
  toParam?: ToParam;
  /**
   * The remaining limits of its key. Undefined if it has none, or if the request does not count towards them.
   */
  rateLimits?: RateLimitFigures;
  /** What a refused or failed request was answered with, where no stream had begun. */
  errorCode?: string | undefined;
  /** A stream that had begun and then failed; its status was 200. */
  streamErrorCode?: string;
}

/** Created when the request arrives, because a closed connection no longer has a peer address. */
export function createRequestState(request: FastifyRequest, cors: CorsPolicy): RequestState {
  return {
    apiForm: toApiForm(request.url, request.headers),
    startedAtMs: performance.now(),
    corsHeaders: cors.toHeaders(request),
    clientAddress: toClientAddress(request),
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState;
  }
}

/** A client's own request id is kept when it is harmless in headers and logs. */
const saneRequestId = /^[\w.:-]{1,128}$/;

export function toRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && saneRequestId.test(given) ? given : createRequestId();
}

export function createRequestId(): string {
  return `req_${createRandomHex()}`;
}

/** Headers of every answer, plain, streamed or failed. */
export function toAnswerHeaders(request: FastifyRequest): Record<string, string> {
  const { corsHeaders, rateLimits, apiForm, startedAtMs } = request.state;
  const headers: Record<string, string> = {
    'x-request-id': request.id,
    'openai-processing-ms': String(Math.round(performance.now() - startedAtMs)),
  };
  return Object.assign(
    headers,
    corsHeaders,
    toRateLimitHeaders(rateLimits),
    apiForm === 'anthropic' && toAnthropicHeaders(request),
  );
}

function toAnthropicHeaders({ id, state }: FastifyRequest): Record<string, string> {
  return { ...toAnthropicRateLimitHeaders(state.rateLimits, Date.now()), 'request-id': id };
}

/** The caller. Only after the authentication hook. */
export function toCallerOf({ state }: FastifyRequest): Caller {
  if (state.caller === undefined)
    throw new Error('A route that needs to know its caller is served without a key.');
  return state.caller;
}

/**
 * Notes the model that a request names.
 *
 * @throws {ServiceError} `model_not_allowed` where its key may not use it.
 */
export function noteModel({ state }: FastifyRequest, modelName: string | undefined): void {
  state.model = modelName;
  state.assertModel?.(modelName);
}

/** Who makes a change of keys and projects. */
export function toActor(request: FastifyRequest): AuditActor {
  return toAuditActor(toCallerOf(request).key);
}

/** The owner of stored answers. */
export function toOwnerId(request: FastifyRequest): string {
  return toCallerOf(request).id;
}
