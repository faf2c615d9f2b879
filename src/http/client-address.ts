import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The client's address: the peer of the connection or, if that is a trusted proxy, the address in
 * `X-Forwarded-For`. Values that are not addresses are ignored.
 */
export function toClientAddress({ ip, socket }: FastifyRequest): string | undefined {
  return toAddress(ip) ?? toAddress(socket.remoteAddress ?? '');
}

/** Some proxies write the port, too. */
const withPort = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([\da-f:.]{2,45})\]):\d{1,5}$/i;

function toAddress(text: string): string | undefined {
  const [, four, six] = withPort.exec(text) ?? [];
  const address = four ?? six ?? text;
  if (isIP(address) === 0 || address.includes('%')) return undefined;
  return toPlainAddress(address);
}

/** A socket that listens for both families shows IPv4 as `::ffff:127.0.0.1`. */
export function toPlainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
