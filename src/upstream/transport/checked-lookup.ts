import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { type AddressRules, RefusedAddressError } from '../../upstream-rules/refused-addresses.ts';

/** As `net.connect` calls it: all addresses of a name, or one. */
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (
    error: NodeJS.ErrnoException | null,
    addresses: LookupAddress[] | string,
    family?: number,
  ) => void,
) => void;

/** How long the addresses of a name are kept, in milliseconds. */
const addressesKeptMs = 5000;

/**
 * Looks names up as the system does, on every connection, and passes on only addresses that may be connected to: a name may
 * point elsewhere each time. One lookup of a name runs at a time, because a name server that hangs would take all threads
 * of the process for them.
 */
export function createCheckedLookup(rules: AddressRules): Lookup {
  const lookUp = createSharedLookup();
  return (hostname, options, callback) => {
    lookUp(hostname).then(
      (found) => {
        const { family } = options;
        const fitting = found.filter(
          (one) => !family || `IPv${one.family}` === family || one.family === family,
        );
        const allowed = fitting.filter(({ address }) => !rules.isRefused(address));
        const [first] = allowed;
        if (first === undefined) callback(new RefusedAddressError(), '', 0);
        else if (options.all === true) callback(null, allowed);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

/** For connections to one replica: the name is in the request, and the address was found and checked before. */
export function createFixedLookup({ address, family }: LookupAddress, rules: AddressRules): Lookup {
  return (_hostname, options, callback) => {
    if (rules.isRefused(address)) callback(new RefusedAddressError(), '', 0);
    else if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function createSharedLookup(): (hostname: string) => Promise<LookupAddress[]> {
  const known = new Map<string, { readonly addresses: Promise<LookupAddress[]>; untilMs: number }>();
  return (hostname) => {
    const kept = known.get(hostname);
    if (kept !== undefined && kept.untilMs > performance.now()) return kept.addresses;
    const addresses = new Promise<LookupAddress[]>((resolve, reject) => {
      systemLookup(hostname, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
    });
    const entry = { addresses, untilMs: Number.POSITIVE_INFINITY };
    known.set(hostname, entry);
    addresses.then(
      () => {
        entry.untilMs = performance.now() + addressesKeptMs;
      },
      () => known.delete(hostname),
    );
    return addresses;
  };
}
