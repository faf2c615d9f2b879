import { type Dispatcher, fetch, ProxyAgent, type RequestInit, type Response } from 'undici';
import { findProxy } from './find-proxy.ts';

/** How addresses are reached. */
export interface Transport {
  /** As `fetch`, through the proxy of this address where it has one. Throws `ProxyError` for a proxy that is none. */
  fetch(url: URL, init: RequestInit): Promise<Response>;
  /** The proxy of this address, for people to read, without name and password; undefined: none. */
  describeProxy(url: URL): string | undefined;
}

export const directTransport: Transport = { fetch, describeProxy: () => undefined };

/** @param environment the variables that name proxies */
export function createTransport(environment: Readonly<Record<string, string | undefined>>): Transport {
  const agents = new Map<string, Dispatcher>();
  return {
    fetch: (url, init) => {
      const proxy = findProxy(url, environment);
      if (proxy === undefined) return fetch(url, init);
      const agent = agents.get(proxy.href) ?? createProxyAgent(proxy);
      agents.set(proxy.href, agent);
      return fetch(url, { ...init, dispatcher: agent });
    },
    describeProxy: (url) => {
      const proxy = findProxy(url, environment);
      return proxy && `${proxy.protocol}//${proxy.host}`;
    },
  };
}

/** Most proxies let CONNECT through to port 443 only: what is not encrypted is asked for in the plain form. */
function createProxyAgent(proxy: URL): ProxyAgent {
  const { username, password } = proxy;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const token = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return new ProxyAgent({
    uri: proxy.origin,
    proxyTunnel: false,
    ...(username === '' ? {} : { token }),
  });
}
