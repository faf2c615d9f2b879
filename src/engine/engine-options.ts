/** The GPU backend of the engine. */
export type GpuKind = 'cuda' | 'vulkan' | 'metal';

/** The start options of an engine process. Plain data, because it crosses the process boundary as JSON. */
export interface EngineOptions {
  readonly modelPath: string;
  /** Computes all layers there; the binary for it must be installed. Absent: on the CPU. */
  readonly gpu?: GpuKind;
  /** Requests generated at the same time; each owns one sequence. 1 to 64. */
  readonly slots: number;
  /**
   * Tokens for prompt and completion of one slot. The KV cache is slots times this. Undefined: the least of
   * the trained length, 8,192 and what the free memory holds.
   */
  readonly contextLength: number | undefined;
  /** Threads of one decode; undefined: one for each physical core. */
  readonly threads: number | undefined;
  /** Faster, at the price of slightly different log-probabilities. */
  readonly flashAttention: boolean;
  /** Tokens in one batch at most, prefill and decode together. 64 to 4,096. */
  readonly batchTokensMax: number;
  /**
   * How long one step may take while other streams run, in milliseconds: prefill pieces are cut so that
   * no stream waits longer for its next token.
   */
  readonly stepMsTarget: number;
  /** Tokens that a request may draft in one step, 0 to 31; 0: none are drafted. */
  readonly draftTokensMax: number;
}

/** Limits that the parent side keeps, so that they hold even while the process restarts. */
export interface EngineLimits {
  /** Requests that may wait for a slot; one more is refused as `overloaded`. */
  readonly queueLengthMax: number;
  /** How long a request may wait for a slot, in milliseconds. */
  readonly queueWaitMsMax: number;
  /** First pause before a crashed process is started again, in milliseconds; doubles up to the next field. */
  readonly restartDelayMsMin: number;
  readonly restartDelayMsMax: number;
  /** How long loading the model may take, in milliseconds. */
  readonly loadMsMax: number;
}
