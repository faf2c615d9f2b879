import type { ChoiceEvent } from './choice-event.ts';
import type { GenerationEvent, TokenUsage } from './generation-event.ts';

/** A completion that a backend has begun to work on. */
export interface Generation<Event = GenerationEvent> {
  /**
   * To be read by one reader. It begins with one `started` event once the prompt was accepted, goes on with deltas and
   * ends with exactly one `finish`. Every failure, before or after `started`, is thrown as a `BackendError`; where the
   * signal has aborted, its reason is thrown. To return the iterator early ends the generation.
   */
  readonly events: AsyncIterable<Event>;
  /**
   * Resolves once, and never rejects, when the backend holds nothing for the request any more: it has finished, was
   * refused, was cancelled, ran out of time, or the backend crashed. The value is what the request cost, counted by whoever made
   * the tokens, also of an answer that was cut off. A request that was never served cost nothing. Where `finish`
   * was read, its usage is the same. It does not resolve before `events` was read to its end, returned or aborted, unless
   * the answer is whole.
   */
  readonly settled: Promise<TokenUsage>;
}

/**
 * Several completions of one prompt, made together: each has its `started` and its `finish`. Counts that are known of all of
 * them together only stand in the `finish` of the first; those of the others are zero.
 */
export type ChoicesGeneration = Generation<ChoiceEvent>;
