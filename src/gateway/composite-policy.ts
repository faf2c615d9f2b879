/** How a composite backend queues, tries again and leaves alone. */
export interface CompositePolicy {
  /** The public name. The replicas of two models are chosen independently. */
  readonly modelName: string;
  /** Requests that wait for a place, 0 or more. */
  readonly queueLengthMax: number;
  /** How long one waits for a place, in milliseconds, before it is refused with `overloaded`. */
  readonly queueWaitMsMax: number;
  /** Places that one request is sent to at most, the first included; 1 or more. */
  readonly attemptsMax: number;
  /** Places that one request may be lost with, 1 or more: its content may be what ends their processes. */
  readonly lostServersMax: number;
  /** Further attempts at most, as a share of the requests. One that leaves a place that is given up does not count. */
  readonly retryShareMax: number;
  /** Further attempts in ten seconds that need no share, so that a quiet service may retry as well; also the most at once. */
  readonly retriesMin: number;
  /** The pause before the same place is tried again, in milliseconds. It doubles with each attempt, up to `retryDelayMsMax`. */
  readonly retryDelayMs: number;
  readonly retryDelayMsMax: number;
  /** Longest `Retry-After` of a place that is respected, in milliseconds. */
  readonly retryAfterMsMax: number;
  /** Failures in a row that open the breaker of a place, 1 or more. */
  readonly failuresMax: number;
  /** How long an open breaker lets nothing through at first, in milliseconds. */
  readonly coolDownMs: number;
  /** The factor by which each failure after a cool-down makes the next one longer, up to `coolDownMsMax`. */
  readonly coolDownFactor: number;
  readonly coolDownMsMax: number;
}

export const compositePolicyDefaults = {
  attemptsMax: 3,
  lostServersMax: 2,
  retryShareMax: 0.2,
  retriesMin: 10,
  retryDelayMs: 100,
  retryDelayMsMax: 2_000,
  retryAfterMsMax: 30_000,
  failuresMax: 2,
  // In an outage of a minute, a place gets two requests that fail, and one each after 4 s, 20 s and 84 s.
  coolDownMs: 4_000,
  coolDownFactor: 4,
  coolDownMsMax: 64_000,
} as const satisfies Omit<CompositePolicy, 'modelName' | 'queueLengthMax' | 'queueWaitMsMax'>;
