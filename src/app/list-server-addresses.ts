import type { AddressInfo } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** An address of the server. */
export interface ServerAddress {
  /** Such as `http://192.168.1.7:4728`. */
  readonly url: string;
  /** Whether only this machine can reach it. */
  readonly isLoopback: boolean;
}

/** Maximum number of listed addresses. A machine with containers has many. */
const addressesMax = 8;

/**
 * The addresses of the listening sockets. A wildcard address expands to the addresses of this machine,
 * loopback first.
 */
export function listServerAddresses(
  listening: readonly Pick<AddressInfo, 'address' | 'port'>[],
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): readonly ServerAddress[] {
  const known = Object.values(interfaces).flatMap((entries) => entries ?? []);
  const all = listening.flatMap(({ address, port }) =>
    toReachable(address, known).map((reachable) => ({
      url: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`,
      isLoopback: /^(?:127\.|::1$)/.test(reachable),
    })),
  );
  const unique = [...new Map(all.map((entry) => [entry.url, entry])).values()];
  return unique.sort((a, b) => Number(b.isLoopback) - Number(a.isLoopback)).slice(0, addressesMax);
}

function toReachable(address: string, known: readonly NetworkInterfaceInfo[]): readonly string[] {
  if (address !== '0.0.0.0' && address !== '::') return [address];
  // A link-local address needs the interface name of the other machine.
  const reachable = known.filter(
    ({ family, scopeid }) => family === 'IPv4' || (address === '::' && !scopeid),
  );
  return ['127.0.0.1', ...reachable.filter(({ internal }) => !internal).map((entry) => entry.address)];
}
