// Selects the proxy for a URL from https_proxy, http_proxy, all_proxy and no_proxy, like curl, pip and Go.
// Lower case takes precedence over upper case.
// https://everything.curl.dev/usingcurl/proxies/env.html
import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** An invalid proxy variable. The message names the variable and the problem. */
export class ProxyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProxyError';
  }
}

/**
 * The proxy for this URL. Undefined means a direct connection.
 * @throws ProxyError
 */
export function findProxy(url: URL, environment: Environment): URL | undefined {
  const kind = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const [name, value] = read(environment, kind) ?? read(environment, 'all_proxy') ?? [];
  if (name === undefined || value === undefined || isExcepted(url, environment)) return undefined;
  return toProxy(name, value);
}

/** An empty variable counts as absent. */
function read(environment: Environment, name: string): readonly [string, string] | undefined {
  const found = [name, name.toUpperCase()].find((candidate) => (environment[candidate] ?? '').trim() !== '');
  return found === undefined ? undefined : [found, (environment[found] ?? '').trim()];
}

/** `host:port` alone is an HTTP proxy. */
function toProxy(name: string, value: string): URL {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy !== undefined && (proxy.protocol === 'http:' || proxy.protocol === 'https:')) return proxy;
  throw new ProxyError(
    `${name} must be the address of an HTTP proxy, such as http://proxy.example:3128; other kinds of proxies are not supported`,
  );
}

function isExcepted(url: URL, environment: Environment): boolean {
  const [, list = ''] = read(environment, 'no_proxy') ?? [];
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => isMatch(url, entry.toLowerCase()));
}

/** `*`, a domain with its subdomains, an address or an address range, each with an optional port. */
function isMatch(url: URL, entry: string): boolean {
  if (entry === '*') return true;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const { name, port: wantedPort } = splitPort(entry);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  if (isIP(host) !== 0) return isAddressMatch(host, name);
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** The colons of an IPv6 address don't start a port, unless the address is in brackets. */
function splitPort(entry: string): { name: string; port: string | undefined } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { name: bracketed[1] ?? '', port: bracketed[2] };
  const [, name = entry, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return { name, port };
}

function isAddressMatch(host: string, entry: string): boolean {
  const [network = '', prefix] = entry.split('/');
  if (isIP(network) === 0) return false;
  const list = new BlockList();
  const bits = prefix === undefined ? Number.NaN : Number(prefix);
  const bitsMax = isIP(network) === 4 ? 32 : 128;
  if (prefix === undefined) list.addAddress(network, toFamily(network));
  else if (Number.isInteger(bits) && bits >= 0 && bits <= bitsMax)
    list.addSubnet(network, bits, toFamily(network));
  else return false;
  return list.check(host, toFamily(host));
}

function toFamily(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
