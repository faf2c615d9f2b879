import { toPlainAddress } from '../client-address.ts';

/** The ends of a connection. */
export interface SocketEnds {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

/** Whether both ends of a connection are this machine: over loopback, or over an address that both have. */
export function isSameMachine({ remoteAddress, localAddress }: SocketEnds): boolean {
  if (remoteAddress === undefined) return false;
  const remote = toPlainAddress(remoteAddress);
  if (remote === '::1' || remote.startsWith('127.')) return true;
  return localAddress !== undefined && remote === toPlainAddress(localAddress);
}
