import type { ChoiceEvent } from './choice-event.ts';
import type { GenerationEvent, TokenUsage } from './generation-event.ts';

/** A completion that a backend has begun to work on. */
export interface Generation<Event = GenerationEvent> {
  /**
   * For one reader. Starts with one `started` event when the prompt is accepted, continues with deltas and
   * ends with exactly one `finish`. Every failure, before or after `started`, is thrown as a `BackendError`.
   * If the signal has aborted, its reason is thrown. Returning the iterator early ends the generation.
   */
  readonly events: AsyncIterable<Event>;
  /**
   * Resolves once, and never rejects, when the backend holds nothing for the request anymore: it has
   * finished, was refused or cancelled, ran out of time, or the backend crashed. The value is the cost of the
   * request, as measured by the backend, also for an answer that was cut off or did not begin. A request that was never
   * served cost nothing: one that a server was not sent, or that it refused. If `finish` was read, the counts are at least
   * the usage there. It does not resolve before `events` was read to its end, returned or aborted, unless the answer is
   * complete.
   */
  readonly settled: Promise<SettledUsage>;
}

/** A remote server has been sent a request, or a part of it: from now on that costs its prompt. */
export interface SentAttempt {
  /** As in `StartedEvent`. */
  readonly servedBy?: string;
  /** What this attempt costs, as in `Generation`. Nothing: the server refused it. */
  readonly settled: Promise<TokenUsage>;
}

export interface SettledUsage extends TokenUsage {
  /** Not in the counts: what a backend that tried the request several times spent before. Absent: nothing. */
  readonly lostAttempts?: readonly LostAttempt[];
}

/** What one place spent on a request without an answer that was read. */
export interface LostAttempt extends TokenUsage {
  /** As in `StartedEvent`. */
  readonly servedBy?: string;
}

/**
 * Several completions of one prompt, generated together. Each has a `started` and a `finish` event. Counts
 * that are known only for all of them together are in the `finish` of the first one; the others have zero.
 */
export type ChoicesGeneration = Generation<ChoiceEvent>;
