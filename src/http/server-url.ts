import type { FastifyRequest } from 'fastify';

/** Letters, digits, dots and hyphens, or an address in brackets, and a port: what may stand in a shell's line. */
const saneHost = /^(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The base URL of this server: from the setting, otherwise from the headers of the client or a trusted proxy,
 * or from the connection if the headers are not valid.
 */
export function toServerUrl(request: FastifyRequest, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const { host, protocol, socket } = request;
  const isSane = saneHost.test(host) && (protocol === 'http' || protocol === 'https');
  if (isSane) return `${protocol}://${host}`;
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  return `http://${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
