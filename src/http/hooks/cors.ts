import type { FastifyRequest } from 'fastify';
import { answerHeaders } from '../openapi/answer-headers.ts';

/**
 * Cross-origin resource sharing (https://fetch.spec.whatwg.org/#http-cors-protocol): which pages a browser lets call the
 * API. Our own and not @fastify/cors: that one allows methods for the whole server and not by route, answers a preflight of
 * any URL, and sets its headers where streams, which write their own, and URLs that can't be read would not have them.
 */
export interface CorsPolicy {
  /** Headers of every answer to this request; empty where no origin is allowed at all. */
  toHeaders(request: FastifyRequest): Readonly<Record<string, string>>;
  /** Headers for the answer to a preflight. Undefined if the request is not one, or is not allowed. */
  toPreflightHeaders(
    request: FastifyRequest,
    methods: readonly string[],
  ): Readonly<Record<string, string>> | undefined;
}

/**
 * Readable headers besides the ones that browsers always allow: all headers of our answers, and the allowed
 * methods of a 405.
 */
const exposedHeaders = [...Object.keys(answerHeaders), 'allow'].join(', ');

/** The headers that clients send: our own, and the ones of the SDKs of OpenAI and Anthropic and the libraries on top. */
const requestHeaders = [
  ...['authorization', 'content-type', 'accept', 'x-request-id', 'x-compat', 'idempotency-key', 'user-agent'],
  ...['openai-organization', 'openai-project', 'openai-beta'],
  ...['x-api-key', 'anthropic-version', 'anthropic-beta', 'anthropic-dangerous-direct-browser-access'],
];

/** OpenAI's SDKs describe themselves in headers with this prefix, more with each version. */
const sdkHeader = /^x-stainless-[a-z-]{1,64}$/;

/** Headers of a preflight's list that are looked at; no SDK sends half as many. */
const listedHeadersMax = 64;

/** How long a browser need not ask again, in seconds: what Chromium allows at most. */
const preflightSecondsMax = 7200;

/** A policy for these origins, as browsers spell them; `*` is any. Cookies are never asked for: a key is a header. */
export function createCorsPolicy(origins: readonly string[]): CorsPolicy {
  const allowed = new Set(origins);
  const isOpen = allowed.has('*');
  const toOrigin = ({ headers: { origin } }: FastifyRequest): string | undefined => {
    if (isOpen) return '*';
    return origin !== undefined && allowed.has(origin) ? origin : undefined;
  };
  const toHeaders = (request: FastifyRequest): Record<string, string> => {
    if (allowed.size === 0) return {};
    const origin = toOrigin(request);
    return {
      // Also for origins that are not allowed, because a cache must not reuse an answer for another page.
      ...(isOpen ? {} : { vary: 'Origin' }),
      ...(origin === undefined
        ? {}
        : { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders }),
    };
  };
  return {
    toHeaders,
    toPreflightHeaders: (request, methods) => {
      const { origin, 'access-control-request-method': method } = request.headers;
      const isPreflight = request.method === 'OPTIONS' && origin !== undefined && method !== undefined;
      if (!isPreflight || toOrigin(request) === undefined) return undefined;
      return {
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': toAllowedHeaders(request.headers['access-control-request-headers']),
        'access-control-max-age': String(preflightSecondsMax),
      };
    },
  };
}

function toAllowedHeaders(asked = ''): string {
  const names = asked.toLowerCase().split(',', listedHeadersMax);
  return [...requestHeaders, ...names.map((name) => name.trim()).filter((name) => sdkHeader.test(name))].join(
    ', ',
  );
}
