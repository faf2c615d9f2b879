import type { ChatRecord } from '../chat/chat-record.ts';
import type { RateLimitFigures } from '../limits/rate-limit-figures.ts';
import type { Caller } from './caller.ts';
import type { AttemptCost } from './to-attempt-cost.ts';
import type { UsageEndpoint } from './usage-record.ts';

/** The data that a request passes to its use case. */
export interface UseCaseCall {
  readonly caller: Caller;
  readonly requestId: string;
  readonly endpoint: UsageEndpoint;
  /** The model name in the request. Undefined if it comes from a stored answer. */
  readonly model: string | undefined;
  /** When its headers had arrived, on the clock of `performance.now()`. */
  readonly arrivedAtMs: number;
  /** The W3C trace context that remote servers are sent; absent: none. */
  readonly traceparent?: string | undefined;
  /** Events are wanted as they are made. */
  readonly isStreamed: boolean;
  /** Hears what the caller's limits leave. */
  readonly onFigures?: ((figures: RateLimitFigures) => void) | undefined;
}

/** Written by the service while the use case runs, and read at its end. */
export interface UseCaseNotes {
  model: string | undefined;
  deployment: string | undefined;
  isReplay: boolean;
  /** Of generated answers. */
  answers: Readonly<ChatRecord> | undefined;
  /** Of embeddings: those that failed, and the one that made them. */
  readonly embedded: AttemptCost[];
}
