import type { Config } from '../config/config.ts';

/** Where a command of this machine reaches the configured server, such as `http://127.0.0.1:4728`. */
export function toLocalUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  return `http://${toReachableHost(host)}:${port}`;
}

/** A server that listens on all addresses is reached on the loopback one. */
function toReachableHost(host: string): string {
  switch (host) {
    case '0.0.0.0':
    case '::':
      return '127.0.0.1';
    default:
      return host.includes(':') ? `[${host}]` : host;
  }
}

/** Whether a URL's host name is this machine and no other. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
