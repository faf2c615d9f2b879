import type { CallerLimits } from '../service/usage/caller.ts';

export interface HttpLimits extends CallerLimits {
  readonly bodyBytesMax: number;
  /** Time for a request to arrive, headers and body, in milliseconds. */
  readonly bodyMsMax: number;
  readonly connectionsMax: number;
  readonly pingMs: number;
  /** Origins whose pages may call the API from a browser; `*` is any, none is the default. */
  readonly corsOrigins: readonly string[];
  /** Addresses and ranges of proxies whose `X-Forwarded-…` headers count. */
  readonly trustedProxies: readonly string[];
  /** Where clients reach this server; undefined: as a request names it. */
  readonly publicUrl?: string | undefined;
  /** Whether `/models`, `/docs` and `/openapi.json` are there for everyone, or for every valid key. */
  readonly pages: 'open' | 'key';
  /** Whether `/metrics` is there for everyone, or for keys with the scope `metrics`. */
  readonly metrics: 'open' | 'key';
  /** Memory that all models may take together, in bytes; undefined: a share of the machine's. */
  readonly modelMemoryBytesMax?: number | undefined;
}
