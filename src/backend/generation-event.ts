/** What a completion is made of. The plain answer is the fold of these events, the chunks are their map. */
export type GenerationEvent = StartedEvent | TextDeltaEvent | FinishEvent;

/** The prompt was accepted and its evaluation begins. */
export interface StartedEvent {
  readonly type: 'started';
  readonly promptTokens: number;
  /** Prompt tokens that were found in the prompt cache and are not evaluated again. */
  readonly cachedTokens: number;
  /** From arrival to the start of evaluation, in milliseconds. */
  readonly queueWaitMs: number;
}

/** Text as it is made: whole UTF-8 characters, never empty. */
export interface TextDeltaEvent {
  readonly type: 'text-delta';
  readonly text: string;
}

export interface FinishEvent {
  readonly type: 'finish';
  readonly reason: FinishReason;
  readonly usage: TokenUsage;
}

/** `stop`: the model ended or a stop sequence was met. `length`: the budget or the context ran out. */
export type FinishReason = 'stop' | 'length';

export interface TokenUsage {
  readonly promptTokens: number;
  /** Tokens generated, the end token included. */
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Part of `completionTokens` spent on thoughts. */
  readonly reasoningTokens: number;
}
