import type { FastifyRequest } from 'fastify';

/** The part of the URL that the route calls `name`; `*` is what a route with that ending leaves open. */
export function readUrlParam({ params }: FastifyRequest, name: string): string {
  const values: Readonly<Record<string, unknown>> = Object(params);
  const value = values[name];
  if (typeof value !== 'string') throw new Error(`This route has no part that is called ${name}.`);
  return value;
}
