import type { FastifyRequest } from 'fastify';

/** Letters, digits, dots and hyphens, or an address in brackets, and a port: what may stand in a shell's line. */
const saneHost = /^(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * This server's base URL: the one that a setting tells, else as the client, or a proxy that is trusted, has written it,
 * else the address of the connection where that is not sane.
 */
export function toServerUrl(request: FastifyRequest, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const { host, protocol, socket } = request;
  const isSane = saneHost.test(host) && (protocol === 'http' || protocol === 'https');
  if (isSane) return `${protocol}://${host}`;
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  return `http://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
