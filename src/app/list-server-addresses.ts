import type { AddressInfo } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** Where the server can be reached. */
export interface ServerAddress {
  /** Such as `http://192.168.1.7:4728`. */
  readonly url: string;
  /** Only from this machine. */
  readonly isLoopback: boolean;
}

/** Addresses that are listed at most: a machine with containers has many. */
const addressesMax = 8;

/** The addresses that sockets listen on; in place of "all of them" those that this machine has, loopback first. */
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
  // A link-local address needs the interface's name on the other machine.
  const reachable = known.filter(
    ({ family, scopeid }) => family === 'IPv4' || (address === '::' && !scopeid),
  );
  return ['127.0.0.1', ...reachable.filter(({ internal }) => !internal).map((entry) => entry.address)];
}
