import type { Config } from '../config/config.ts';

/** The URL of the configured server for commands on this machine, such as `http://127.0.0.1:4728`. */
export function toLocalUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  return `http://${toReachableHost(host)}:${port}`;
}

/** A server that listens on all addresses is reachable on loopback. */
function toReachableHost(host: string): string {
  switch (host) {
    case '0.0.0.0':
    case '::':
      return '127.0.0.1';
    default:
      return host.includes(':') ? `[${host}]` : host;
  }
}

/** Whether the host name of a URL always means this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
