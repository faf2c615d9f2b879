import type { FastifyRequest } from 'fastify';
import { HttpError } from './http-error.ts';

/** The body of a request that must have one. */
export function readBody(request: FastifyRequest): unknown {
  if (request.body === undefined) {
    // Without a body, Fastify requires no content type, and no parser reports the missing body.
    throw new HttpError('malformed_body', 'The request body is empty; it must be a JSON object.');
  }
  return request.body;
}

/** Whether the client wants a field that would be ignored to be refused. */
export function isStrict(request: FastifyRequest): boolean {
  return request.headers['x-compat'] === 'strict';
}

/** Names of accepted fields that change nothing. */
export function toIgnoredHeaders(names: readonly string[]): Record<string, string> {
  return names.length === 0 ? {} : { 'x-ignored-params': names.join(', ') };
}
