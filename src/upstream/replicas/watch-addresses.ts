import type { LookupAddress } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAddressRules } from '../../upstream-rules/refused-addresses.ts';
import type { LookUpAddresses } from './look-up-addresses.ts';

/** Replicas of one upstream. */
export const replicasMax = 256;

/** After a lookup without an answer the next one comes soon, in milliseconds. */
const failedLookupPauseMs = 1000;

export interface AddressWatch {
  /** Resolves after the first lookup, whatever it found. */
  readonly first: Promise<void>;
  close(): void;
}

export interface AddressWatchOptions {
  readonly hostname: string;
  readonly lookUp: LookUpAddresses;
  /** Hears all addresses of the name that may be connected to, after each lookup. */
  readonly onAddresses: (addresses: readonly LookupAddress[]) => void;
  /** Hears of a lookup without an answer. The addresses from before are kept. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Looks the addresses of a name up at once, and again whenever they have expired. */
export function watchAddresses(options: AddressWatchOptions): AddressWatch {
  const { hostname, lookUp, onAddresses, onFailure } = options;
  const rules = createAddressRules();
  const closing = new AbortController();
  let known: readonly LookupAddress[] = [];
  const look = async (): Promise<number> => {
    try {
      const { addresses, holdMs, unansweredFamily } = await lookUp(hostname);
      const allowed = addresses.filter(({ address }) => !rules.isRefused(address));
      known = [...allowed, ...known.filter(({ family }) => family === unansweredFamily)];
      if (!closing.signal.aborted) onAddresses(known.slice(0, replicasMax));
      return holdMs;
    } catch (error) {
      if (!closing.signal.aborted) onFailure?.(error);
      return failedLookupPauseMs;
    }
  };
  const first = look();
  void (async () => {
    let pauseMs = await first;
    while (!closing.signal.aborted) {
      await sleep(pauseMs, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) pauseMs = await look();
    }
  })();
  return { first: first.then(() => undefined), close: () => closing.abort() };
}
