// Addresses that no upstream has: link-local ones, and the services that tell a machine of a cloud its credentials. They
// are refused in each form in which IPv6 can carry an address of IPv4. The settings are checked with the same rules as
// each connection.
import { BlockList, isIP } from 'node:net';

/** An address that is never connected to. */
export class RefusedAddressError extends Error {
  constructor() {
    super(
      'The address of the upstream is link-local, or the metadata service of a cloud. These are always refused.',
    );
    this.name = 'RefusedAddressError';
  }
}

/** Names under which clouds serve the credentials of a machine. */
const refusedNames = /^(?:metadata|metadata\.google\.internal|instance-data(?:\.ec2\.internal)?)\.?$/;

export interface AddressRules {
  /** Of an IP address; anything else is refused. */
  isRefused(address: string): boolean;
  /** Of the host of a URL: such an address, or a name for one. Other names are checked when they are looked up. */
  isRefusedHost(url: URL): boolean;
}

export function createAddressRules(): AddressRules {
  const refused = new BlockList();
  refused.addSubnet('169.254.0.0', 16);
  // Alibaba Cloud, Azure.
  refused.addAddress('100.100.100.200');
  refused.addAddress('168.63.129.16');
  refused.addSubnet('fe80::', 10, 'ipv6');
  // AWS, Google Cloud.
  refused.addAddress('fd00:ec2::254', 'ipv6');
  refused.addAddress('fd20:ce::254', 'ipv6');
  const isRefused = (address: string) => {
    const bare = address.replace(/%.*$/, '');
    const version = isIP(bare);
    if (version === 0) return true;
    if (version === 4) return refused.check(bare, 'ipv4');
    return (
      refused.check(bare, 'ipv6') || listCarried(toGroups(bare)).some((one) => refused.check(one, 'ipv4'))
    );
  };
  return {
    isRefused,
    isRefusedHost: (url) => {
      const host = toHost(url);
      return isIP(host) === 0 ? refusedNames.test(host) : isRefused(host);
    },
  };
}

/** @throws {RefusedAddressError} */
export function assertAllowedHost(url: URL, rules: AddressRules): void {
  if (rules.isRefusedHost(url)) throw new RefusedAddressError();
}

/** Without the brackets of IPv6. The URL parser has already written out odd forms such as 0xa9fea9fe. */
export function toHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The eight numbers of an IPv6 address. */
function toGroups(address: string): readonly number[] {
  // The URL parser writes a dotted end as two groups.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = read(head);
  if (tail === undefined) return before;
  const after = read(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** The addresses of IPv4 that an address of IPv6 may stand for. */
function listCarried(groups: readonly number[]): readonly string[] {
  const [first = 0, second = 0, third = 0, , , , seventh = 0, eighth = 0] = groups;
  const last = toDotted(seventh, eighth);
  const carried: string[] = [];
  const isZero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  // Compatible, mapped and translated: RFC 4291, 2.5.5, and RFC 2765.
  if (isZero(0, 4)) carried.push(last);
  // NAT64: RFC 6052, and the local prefixes of RFC 8215.
  if (first === 0x64 && second === 0xff9b) carried.push(last);
  // 6to4: RFC 3056.
  if (first === 0x2002) carried.push(toDotted(second, third));
  // Teredo, whose client is written inverted: RFC 4380.
  if (first === 0x2001 && second === 0) carried.push(toDotted(seventh ^ 0xffff, eighth ^ 0xffff));
  // ISATAP: RFC 5214.
  if (groups[5] === 0x5efe) carried.push(last);
  return carried;
}

function toDotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
