import { isUtf8 } from 'node:buffer';
import { METHODS } from 'node:http';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  type HTTPMethods,
} from 'fastify';
import { NumberTooLongError } from '../json/exact-number.ts';
import { writeJson } from '../json/write-json.ts';
import { toModelParam } from '../protocol/openai/models/to-model-param.ts';
import type { ErrorBody } from '../protocol/openai/shared/error.ts';
import { parseRequestBody } from '../protocol/openai/shared/parse-request-body.ts';
import { toAnthropicFailure } from './anthropic-failure.ts';
import { answerClientError } from './client-error.ts';
import { ClientLeftError } from './client-signal.ts';
import { listBuildRoutes, listConsoleRoutes } from './console/list-console-routes.ts';
import { countHeader } from './count-header.ts';
import { createGenerationHandler } from './generation-endpoint.ts';
import { createAccessLog } from './hooks/access-log.ts';
import { createAnswerOnceHooks, noteBody } from './hooks/answer-once.ts';
import { createAuthenticateHook, requireScope } from './hooks/authenticate.ts';
import { type CorsPolicy, createCorsPolicy } from './hooks/cors.ts';
import { createOpenPageHook } from './hooks/open-page.ts';
import { createRateLimitHook } from './hooks/rate-limits.ts';
import { beginTrace } from './hooks/trace.ts';
import { HttpError, type HttpFailure, toHttpFailure } from './http-error.ts';
import type { HttpLimits } from './http-limits.ts';
import { listAdminModelRoutes } from './list-admin-model-routes.ts';
import { listAdminRoutes } from './list-admin-routes.ts';
import {
  listManagementRoutes,
  listMessageRoutes,
  listStoredChatRoutes,
  listStoredResponseRoutes,
  listTextRoutes,
} from './list-api-routes.ts';
import { listPageRoutes } from './list-page-routes.ts';
import { listUsageRoutes } from './list-usage-routes.ts';
import { createChatCompletionOperation } from './openapi/chat-operation.ts';
import { withIdempotencyKey } from './openapi/idempotency-key.ts';
import { getModelOperation, listModelsOperation } from './openapi/model-operations.ts';
import { createResponseOperation } from './openapi/response-operations.ts';
import { getHealthOperation, getMetricsOperation, getReadyOperation } from './openapi/server-operations.ts';
import { createRequestState, toAnswerHeaders, toRequestId } from './request-state.ts';
import type { HttpServices, Route } from './route.ts';
import { createChatCompletionsEndpoint } from './routes/chat-completions.ts';
import { createResponseEndpoint } from './routes/create-response.ts';
import { createReadyHandler, handleHealth } from './routes/health.ts';
import { createHomeHandler } from './routes/home.ts';
import { createMetricsHandler } from './routes/metrics.ts';
import { createGetModelHandler, createListModelsHandler } from './routes/models.ts';
import { createDetokenizeHandler, createTokenizeHandler } from './routes/tokens.ts';
import { apiBases, toRouteUrl } from './to-route-url.ts';

/** How often Node looks for requests that are too slow, in milliseconds. */
const slowRequestCheckMs = 500;

/** The API's table of contents. */
function listRoutes(services: HttpServices, limits: HttpLimits): Route[] {
  const { pingMs } = limits;
  const { frame, stored, tokens, models } = services;
  const generation = { ...services, pingMs };
  const chatCompletions = createGenerationHandler(createChatCompletionsEndpoint(stored), generation);
  const createResponse = createGenerationHandler(createResponseEndpoint(stored), generation);
  const listModels = createListModelsHandler(models);
  const getModel = createGetModelHandler(models);
  const ready = createReadyHandler(() => models.isReady(), services.isStoreAnswering);
  const routes: Route[] = [
    ...apiBases.flatMap((base): Route[] => [
      {
        method: 'POST',
        url: `${base}/chat/completions`,
        handler: chatCompletions,
        operation: withIdempotencyKey(createChatCompletionOperation),
        replaysAs: 'chat/completions',
      },
      ...listStoredChatRoutes(base, services),
      ...listTextRoutes(base, services, pingMs),
      {
        method: 'POST',
        url: `${base}/responses`,
        handler: createResponse,
        operation: withIdempotencyKey(createResponseOperation),
        replaysAs: 'responses',
      },
      ...listStoredResponseRoutes(base, services, pingMs),
      ...listMessageRoutes(base, services, pingMs),
      {
        method: 'GET',
        url: `${base}/models`,
        handler: listModels,
        access: ['inference', 'admin'],
        operation: listModelsOperation,
      },
      {
        method: 'GET',
        url: `${base}/models/*`,
        handler: getModel,
        access: ['inference', 'admin'],
        operation: getModelOperation,
        toParam: toModelParam,
      },
      ...listManagementRoutes(base, services, pingMs),
      ...listAdminRoutes(base, services),
      ...listAdminModelRoutes(base, services),
      ...listUsageRoutes(base, services),
    ]),
    // Where vLLM and llama-server have them.
    { method: 'POST', url: '/tokenize', handler: createTokenizeHandler(frame, tokens) },
    { method: 'POST', url: '/detokenize', handler: createDetokenizeHandler(frame, tokens) },
    { method: 'GET', url: '/', handler: createHomeHandler(services, limits), access: 'open' },
    { method: 'GET', url: '/health', handler: handleHealth, access: 'open', operation: getHealthOperation },
    { method: 'GET', url: '/ready', handler: ready, access: 'open', operation: getReadyOperation },
    {
      method: 'GET',
      url: '/metrics',
      handler: createMetricsHandler(services.metrics),
      access: limits.metrics === 'open' ? 'open' : ['metrics'],
      operation: getMetricsOperation,
    },
    ...listPageRoutes(services, limits, () => routes),
    ...(services.build === undefined ? [] : listBuildRoutes(services.build.files)),
    ...(services.console === undefined ? [] : listConsoleRoutes(services.console)),
  ];
  return routes;
}

export function createHttpApp(services: HttpServices, limits: HttpLimits): FastifyInstance {
  const cors = createCorsPolicy(limits.corsOrigins);
  const app = fastify({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.bodyMsMax,
    http: {
      headersTimeout: limits.bodyMsMax,
      connectionsCheckingInterval: slowRequestCheckMs,
      // Node's own answer has no body: a hook says it in our form.
      requireHostHeader: false,
    },
    genReqId: toRequestId,
    frameworkErrors: (_error, request, reply) => answerUnreadableUrl(request, reply, cors),
    clientErrorHandler: answerClientError,
    trustProxy: limits.trustedProxies.length > 0 && [...limits.trustedProxies],
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // A name such as hf:owner/repository may be long; Fastify's own limit for a parameter is 100.
    // A slash at the end changes nothing.
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '/' }) => toRouteUrl(url),
  });
  app.setReplySerializer((payload) => writeJson(payload));
  // Fastify would take plain text as a body: only JSON is one here.
  app.removeContentTypeParser('text/plain');
  acceptJson(app);
  app.server.maxConnections = limits.connectionsMax;
  // Node's own answer to another expectation has no body and no id: a hook says it in our form.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  addHooks(app, services, cors);
  const routes = listRoutes(services, limits);
  addRoutes(app, routes, services, limits);
  addWrongMethods(app, routes, cors);
  // Fastify would read the body first, and say what is wrong with it.
  app.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) return done();
    done(new HttpError('unknown_url', `Unknown request URL: ${request.method} ${quoteUrl(request.url)}.`));
  });
  return app;
}

/**
 * JSON is UTF-8, and comes as it is. OpenAI's Python client names a content type also where it sends nothing, as with
 * DELETE: an empty body is left to the routes, which say so where they need one. A JSON Schema may name any property.
 * JSON.parse makes own properties of these, and nothing here copies them by assignment.
 */
function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('ignore', 'ignore');
  const parseBody = (request: FastifyRequest, text: string, done: BodyDone): void => {
    let body: unknown;
    try {
      body = parseRequestBody(text);
    } catch (error) {
      if (error instanceof SyntaxError) void parse(request, text, done);
      else done(toBodyError(error));
      return;
    }
    done(null, body);
  };
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      done(new HttpError('unsupported_media_type', 'The request body must not be compressed.'));
      return;
    }
    const text = toText(body);
    if (text === undefined) done(new HttpError('malformed_body', 'The request body is not valid UTF-8.'));
    else if (text === '') done(null, undefined);
    else {
      noteBody(request, text);
      parseBody(request, text, done);
    }
  });
}

type BodyDone = (error: Error | null, body?: unknown) => void;

function toBodyError(error: unknown): Error {
  if (error instanceof NumberTooLongError) return new HttpError('malformed_body', error.message);
  if (error instanceof RangeError)
    return new HttpError('malformed_body', 'The request body is nested too deep.');
  return error instanceof Error ? error : new Error(String(error));
}

/** Without a byte order mark. undefined: it is not UTF-8. */
function toText(body: Buffer): string | undefined {
  return isUtf8(body) ? body.toString('utf8').replace(/^\uFEFF/, '') : undefined;
}

function addRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  services: HttpServices,
  limits: HttpLimits,
): void {
  const authenticate = createAuthenticateHook(services.keys, services.models, limits);
  const hooks = {
    open: [],
    page: limits.pages === 'open' ? [] : [createOpenPageHook(authenticate, services, limits)],
    'any-key': [authenticate],
  };
  for (const { access = ['inference'] as const, method, url, handler, toParam, replaysAs } of routes) {
    const setNames = ({ state }: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      if (toParam !== undefined) state.toParam = toParam;
      done();
    };
    const checks = typeof access === 'string' ? hooks[access] : [authenticate, requireScope(access)];
    const showLimits = createRateLimitHook(services.admissions, { method, url });
    const once = replaysAs === undefined ? {} : createAnswerOnceHooks(services, replaysAs);
    app.route({ method, url, handler, onRequest: [setNames, ...checks, showLimits], ...once });
  }
}

function addHooks(app: FastifyInstance, services: HttpServices, cors: CorsPolicy): void {
  const { logger, metrics } = services;
  app.decorateRequest('state');
  const logAccess = createAccessLog(logger, metrics);
  app.addHook('onRequest', (request, reply, done) => {
    request.state = createRequestState(request, cors);
    beginTrace(request, services.traces);
    reply.raw.once('close', () => void logAccess(request, reply));
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      throw new HttpError('malformed_body', 'The request has no Host header.');
    }
    if (!/^(?:100-continue)?$/i.test(request.headers.expect ?? '')) {
      throw new HttpError('malformed_body', 'The header Expect may be 100-continue only.');
    }
    // RFC 9112, 3.2: a proxy before this server may have taken the other one.
    if (countHeader(request, 'host') > 1) {
      throw new HttpError('malformed_body', 'The request has more than one Host header.');
    }
    done();
  });
  // A promise, because a client that left within its body is known to have left only after this turn.
  app.addHook('onSend', async (request, reply) => {
    reply.headers(toAnswerHeaders(request));
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ClientLeftError) {
      reply.raw.destroy();
      return reply.hijack();
    }
    const { isUnexpected, headers, ...failure } = toHttpFailure(error, request.state.toParam);
    // Fastify closes the connection after a body that is too large, so a client that is still sending would
    // get a reset instead of this answer. Keep it open, and read and drop the rest, for as long as any
    // request may take to arrive.
    reply.removeHeader('connection');
    request.state.errorCode = failure.body.error.code ?? undefined;
    if (isUnexpected) {
      logger.error({ err: error, requestId: request.id }, 'a request failed unexpectedly');
    }
    const named = { ...failure, body: toNamedBody(failure.body, services) };
    const { status, body } = toForm(named, request);
    return reply.code(status).headers(headers).send(body);
  });
}

/** The failure in the form of the API that its request speaks. */
function toForm(
  failure: Pick<HttpFailure, 'code' | 'status' | 'body'>,
  { state, id }: FastifyRequest,
): { readonly status: number; readonly body: object } {
  return state.apiForm === 'anthropic' ? toAnthropicFailure(failure, id) : failure;
}

/** The reader may be the one who can run what the message says. */
function toNamedBody({ error }: ErrorBody, { nameCommands }: HttpServices): ErrorBody {
  return { error: { ...error, message: nameCommands(error.message) } };
}

/** All that Node reads, without the one that asks for a tunnel, and HEAD, which Fastify adds to each GET. */
const methods = METHODS.filter((method) => method !== 'CONNECT' && method !== 'HEAD') as HTTPMethods[];

/** A known URL with the wrong method is 405 and says which methods are right; to a browser's preflight it says so with 204. */
function addWrongMethods(app: FastifyInstance, routes: readonly Route[], cors: CorsPolicy): void {
  for (const method of methods) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  for (const url of new Set(routes.map((route) => route.url))) {
    const allowed = routes.filter((route) => route.url === url).flatMap(({ method }) => withHead(method));
    app.route({
      url,
      method: [...methods, 'HEAD' as const].filter((method) => !allowed.includes(method)),
      // Before the body: its type and size don't matter any more.
      onRequest: async (request, reply) => {
        const preflight = cors.toPreflightHeaders(request, allowed);
        if (preflight !== undefined) return reply.code(204).headers(preflight).send();
        reply.header('allow', allowed.join(', '));
        const right = allowed.filter((method) => method !== 'HEAD').join(' or ');
        throw new HttpError('method_not_allowed', `${request.method} is not allowed here; use ${right}.`);
      },
      handler: async () => undefined,
    });
  }
}

/** Fastify answers HEAD wherever there is a GET. */
function withHead(method: string): readonly string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

/** A URL with broken escapes or a name past all limits: Fastify refuses it before any hook, and not in our form. */
function answerUnreadableUrl(request: FastifyRequest, reply: FastifyReply, cors: CorsPolicy): void {
  const message = `Unknown request URL: ${request.method} ${quoteUrl(request.url)}.`;
  const failure = toHttpFailure(new HttpError('unknown_url', message));
  request.state = createRequestState(request, cors);
  const { status, body } = toForm(failure, request);
  void reply
    .code(status)
    .headers({ ...failure.headers, ...toAnswerHeaders(request) })
    .send(body);
}

/** Characters of a URL that a message quotes at most. */
const quotedUrlMax = 200;

/** Without its query string, which may be private. */
function quoteUrl(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.length > quotedUrlMax ? `${path.slice(0, quotedUrlMax)}…` : path;
}
