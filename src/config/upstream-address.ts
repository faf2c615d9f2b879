import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** Names under which clouds serve the credentials of a machine. */
const refusedNames = /^(?:metadata|metadata\.google\.internal|instance-data(?:\.ec2\.internal)?)\.?$/;

/** Addresses that are never an upstream: link-local ones, and the metadata services of clouds. */
function createRefusedAddresses(): BlockList {
  const refused = new BlockList();
  refused.addSubnet('169.254.0.0', 16);
  refused.addAddress('100.100.100.200');
  refused.addAddress('168.63.129.16');
  refused.addSubnet('fe80::', 10, 'ipv6');
  refused.addAddress('fd00:ec2::254', 'ipv6');
  // IPv4 addresses inside of IPv6 ones: NAT64 and 6to4.
  refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
  refused.addSubnet('2002:a9fe::', 32, 'ipv6');
  return refused;
}

/** The host of a URL without the brackets of an IPv6 address. */
export function toHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** An IPv4 address that is written as IPv6 is matched too. */
function isRefused(host: string): boolean {
  if (refusedNames.test(host)) return true;
  const version = isIP(host);
  return version !== 0 && createRefusedAddresses().check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** The fault of the URL of an upstream, worded to follow its path. Undefined: none. Never quotes the URL. */
export function findAddressFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\//i.test(text)) {
    return 'must be a URL that starts with http:// or https://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password; use apiKeyEnv or apiKeyFile';
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    return 'must not contain a query or a fragment';
  }
  if (isRefused(toHost(url))) {
    return 'must not be a link-local address or the metadata service of a cloud';
  }
  return undefined;
}

/** Maximum characters of a URL. */
const urlCharactersMax = 2048;

/** The URL of an upstream, without a slash at its end. */
export const upstreamUrl = z
  .string()
  .max(urlCharactersMax)
  .superRefine((text, context) => {
    const message = findAddressFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
