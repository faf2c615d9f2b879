import { BackendError, type BackendErrorCode, type BackendErrorDetails } from '../backend/backend-error.ts';
import type { GenerationEvent, TokenUsage } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { PlacedText } from '../backend/placed-text.ts';
import type { RequestPlace } from '../backend/request-place.ts';
import type { ArgumentsNotation } from '../backend/tool.ts';
import type { EngineTask, EngineTaskAnswer } from './engine-task.ts';

/** Messages from the parent to the engine process. */
export type EngineCommand =
  | { readonly type: 'generate'; readonly request: GenerationRequest; readonly queueWaitMs: number }
  | { readonly type: 'task'; readonly id: string; readonly task: EngineTask }
  | { readonly type: 'cancel'; readonly id: string };

/** Messages from the engine process to its parent. One `progress` message carries all results of a step. */
export type EngineMessage =
  | { readonly type: 'ready'; readonly facts: EngineFacts }
  | { readonly type: 'load-failed'; readonly failure: EngineFailure }
  | EngineProgressMessage
  /** Nothing is left to do. */
  | { readonly type: 'rested'; readonly counts: StepCounts };

export interface EngineProgressMessage {
  readonly type: 'progress';
  readonly items: readonly EngineProgress[];
  /** Of every request in a slot; absent: nothing runs, or nothing is new. */
  readonly runs?: readonly RunCounts[];
  /** Tokens in the caches of the slots that have a request; comes with `runs`. */
  readonly cacheTokens?: number;
}

/** The progress of a request, as an array of numbers because each step sends it. */
export type RunCounts = readonly [
  id: string,
  completionTokens: number,
  reasoningTokens: number,
  acceptedTokens: number,
  rejectedTokens: number,
];

/** Steps since the model was loaded. */
export interface StepCounts {
  readonly steps: number;
  /** The steps that used all threads. */
  readonly withAllThreads: number;
  readonly threads: number;
}

export type EngineProgress =
  | { readonly id: string; readonly type: 'event'; readonly event: GenerationEvent }
  /** A task is done; the only word about it, unless that is `failed`. */
  | { readonly id: string; readonly type: 'answered'; readonly answer: EngineTaskAnswer }
  | { readonly id: string; readonly type: 'failed'; readonly failure: EngineFailure }
  /** The slot of this request is free; always the last word about it. `usage` is absent where it never had one. */
  | { readonly id: string; readonly type: 'released'; readonly usage?: TokenUsage };

export interface EngineFailure {
  readonly code: BackendErrorCode;
  readonly message: PlacedText;
  readonly place?: RequestPlace | undefined;
}

export function toBackendError(
  { code, message, place }: EngineFailure,
  details: BackendErrorDetails = {},
): BackendError {
  return new BackendError(code, message, { ...details, place });
}

/** Facts that are known once the model is loaded. */
export interface EngineFacts {
  readonly task: 'generate' | 'embed';
  readonly contextLength: number;
  readonly slots: number;
  /** Token ids are less than this. */
  readonly vocabularySize: number;
  /** llama.cpp release, such as `b6123`. */
  readonly release: string;
  /** Bytes of the longest token: a text of more than contextLength times this cannot fit. */
  readonly tokenBytesMax: number;
  /** The chat template came from the model file; false: the generic ChatML form stands in. */
  readonly hasOwnTemplate: boolean;
  /** How the model writes the arguments of calls; absent for one that makes embeddings. */
  readonly argumentsNotation?: ArgumentsNotation;
}
