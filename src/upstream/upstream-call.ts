import type { BackendErrorCode } from '../backend/backend-error.ts';
import type { TokenUsage } from '../backend/generation-event.ts';

/** What an upstream was asked for: an answer to a conversation or to a text, vectors, or the tokens of a text. */
export type UpstreamPurpose = 'chat' | 'completion' | 'embeddings' | 'tokens';

/** One request of a client that an upstream got, after its end. Times are on the clock of `performance.now()`. */
export interface UpstreamCall {
  /** Ours, which the upstream got as `x-request-id`. */
  readonly requestId: string;
  /** The one that the upstream answered with; undefined: none. */
  readonly upstreamRequestId: string | undefined;
  /** The W3C trace context of the client's request, and the one that the upstream was sent. undefined: none. */
  readonly parentTraceparent: string | undefined;
  readonly traceparent: string | undefined;
  /** The upstream's name of the model. */
  readonly model: string;
  readonly purpose: UpstreamPurpose;
  readonly isStreamed: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Of the first text, reasoning or call; undefined: none came. */
  readonly firstChunkAtMs: number | undefined;
  readonly lastChunkAtMs: number;
  readonly chunks: number;
  readonly usage: TokenUsage;
  /** `cancelled`: the reader left. undefined: the answer is whole. */
  readonly errorType: BackendErrorCode | 'cancelled' | undefined;
  /** What broke it. undefined: nothing. */
  readonly error: unknown;
}

/** Hears of each at its end. It must neither throw nor wait. */
export type UpstreamCallListener = (call: UpstreamCall) => void;
