import type { Config } from '../config/config.ts';

const loopbackHosts = new Set(['localhost', '::1']);

/**
 * Who may see the pages. From the settings and not from a request's address: behind a proxy on this machine every request
 * comes from loopback.
 */
export function toPagesAccess({
  pages,
  host,
  publicUrl,
  trustedProxies,
}: Pick<Config, 'pages' | 'host' | 'publicUrl' | 'trustedProxies'>): 'open' | 'key' {
  if (pages !== undefined) return pages;
  const isLocal = loopbackHosts.has(host) || host.startsWith('127.');
  return isLocal && publicUrl === undefined && trustedProxies.length === 0 ? 'open' : 'key';
}
