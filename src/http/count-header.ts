import type { FastifyRequest } from 'fastify';

/** How often a request has a header. Node keeps the first `Host` and the first `Authorization` and drops the others. */
export function countHeader({ raw }: FastifyRequest, name: 'host' | 'authorization'): number {
  const { rawHeaders } = raw;
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const header = rawHeaders[at] ?? '';
    if (header.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count;
}
