import { type Dispatcher, fetch, ProxyAgent, type RequestInit, type Response } from 'undici';
import { findProxy } from './find-proxy.ts';

/** Connects to URLs, directly or through proxies. */
export interface Transport {
  /**
   * Like `fetch`, through the proxy for this URL if there is one. Throws `ProxyError` if the proxy is
   * invalid.
   */
  fetch(url: URL, init: RequestInit): Promise<Response>;
  /** The proxy for this URL, for messages, without user name and password. Undefined means none. */
  describeProxy(url: URL): string | undefined;
}

export const directTransport: Transport = { fetch, describeProxy: () => undefined };

/** @param environment the proxy variables */
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

/** Most proxies allow CONNECT only to port 443. Unencrypted requests use the plain form. */
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
