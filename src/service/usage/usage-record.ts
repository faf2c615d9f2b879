import type { BackendErrorCode } from '../../backend/backend-error.ts';
import type { FinishReason } from '../../backend/generation-event.ts';
import type { Admission } from '../limits/admission-of-request.ts';
import type { ServiceErrorCode } from '../service-error.ts';
import type { Caller } from './caller.ts';

/** Endpoints whose requests are metered. Detours of the same endpoint, such as another base URL, have one name. */
export const usageEndpoints = [
  'chat/completions',
  'completions',
  'responses',
  'messages',
  'embeddings',
  'chat/completions/input_tokens',
  'responses/input_tokens',
  'responses/compact',
  'messages/count_tokens',
  'tokenize',
  'detokenize',
] as const;

export type UsageEndpoint = (typeof usageEndpoints)[number];

/**
 * The usage of one request. Each request that reaches a use case produces exactly one record, whatever its
 * outcome.
 */
export interface UsageRecord {
  readonly caller: Caller;
  readonly requestId: string;
  readonly endpoint: UsageEndpoint;
  /** The name that the client asked for; undefined for a stored answer that was not found. */
  readonly model: string | undefined;
  /** The one that served the first answer; undefined where the request reached none. */
  readonly deployment: string | undefined;
  readonly isStreamed: boolean;
  /** A stored answer was sent again: nothing was generated. */
  readonly isReplay: boolean;
  readonly outcome: UsageOutcome;
  /** For refused or failed requests. */
  readonly errorCode: UsageErrorCode | undefined;
  /** Of the first answer; undefined where an answer did not end. */
  readonly finishReason: FinishReason | undefined;
  /** Each generation that a backend accepted, by answer and in order. Empty where none was. */
  readonly attempts: readonly AttemptUsage[];
  /** The same as `total` and `machineMs`, of each deployment that worked for the request. */
  readonly served: readonly ServedUsage[];
  /** Of all attempts. Answers to the same prompt count it once, as `usage` does on the wire; each further attempt counts it again. */
  readonly total: TokenCounts;
  /** Of the answers that were returned; where a request broke off, of the last attempts at them. Equals `usage` on the wire. */
  readonly returned: TokenCounts;
  /** The share of the model's time that all attempts had, in milliseconds; 0 where that has no price. */
  readonly machineMs: number;
  /** Some counts were not measured by the backend. */
  readonly isEstimated: boolean;
  /** Calls of tools that the returned answers began. */
  readonly toolCalls: number;
  /** Attempts of the answer with the most. Undefined for an answer without a format. */
  readonly structuredAttempts: number | undefined;
  /** Of the first answer, all its attempts together, in milliseconds; undefined where no backend says it. */
  readonly queueWaitMs: number | undefined;
  /** From the arrival of the request to the first word to a backend, in milliseconds; undefined where there was none. */
  readonly timeToBackendMs: number | undefined;
  /** From the start of the request to the first token of the first answer, in milliseconds; undefined where there was none. */
  readonly timeToFirstTokenMs: number | undefined;
  /** Mean pause between two tokens of the first answer, in milliseconds; undefined below two tokens. */
  readonly timePerOutputTokenMs: number | undefined;
  /** When its use case began, on the clock of `performance.now()`. */
  readonly startedAtMs: number;
  /** In milliseconds. */
  readonly totalMs: number;
}

/**
 * - `completed`: all answers ended; `finishReason` says how.
 * - `refused`: the request can't be served, or not now, and nothing was generated for it.
 * - `failed`: it could have been served.
 * - `cancelled`: the client disconnected.
 * - `timed-out`: it exceeded the caller's time limit.
 */
export type UsageOutcome = 'completed' | 'refused' | 'failed' | 'cancelled' | 'timed-out';

/** `server_error`: a fault of ours. */
export type UsageErrorCode = BackendErrorCode | ServiceErrorCode | 'server_error';

export interface TokenCounts {
  readonly promptTokens: number;
  /** Part of `promptTokens` that was in the prompt cache. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** The part of `completionTokens` used for reasoning. */
  readonly reasoningTokens: number;
}

export interface ServedUsage extends TokenCounts {
  readonly deployment: string | undefined;
  readonly machineMs: number;
}

/** One generation, or one batch of embeddings. */
export interface AttemptUsage extends TokenCounts {
  /** Its share of the model's time, in milliseconds; 0 where that has no price. */
  readonly machineMs: number;
  readonly deployment: string | undefined;
  /** Which answer it is for, from 0; those to each prompt follow those to the prompt before it. */
  readonly answer: number;
  /** undefined: it did not end. */
  readonly finishReason: FinishReason | undefined;
  /** The last attempt at this answer: the one that the client gets, if any. */
  readonly isReturned: boolean;
  /** Its counts were not measured by the backend, for example after a crash. */
  readonly isEstimated: boolean;
}

/** Takes the record of each request at its end. It must neither throw nor wait. */
export interface UsageSink {
  /** `admission`: how the request was let in; undefined: it was not. */
  take(record: UsageRecord, admission?: Admission): void;
}
