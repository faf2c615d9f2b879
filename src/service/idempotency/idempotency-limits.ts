export interface IdempotencyLimits {
  /** Answers of one API key; 0 keeps none. */
  readonly idempotentAnswersMax: number;
  /** Of one API key. */
  readonly idempotentAnswersMbMax: number;
  readonly idempotentAnswerBytesMax: number;
  /** How long an answer is given again, from the begin of its request. */
  readonly idempotencyKeepMsMax: number;
  /** How long a request waits for another with the same key. */
  readonly idempotencyWaitMsMax: number;
}
