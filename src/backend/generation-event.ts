/** The events of a completion. The plain answer is a fold over them, chunks are a map. */
export type GenerationEvent =
  | StartedEvent
  | EchoEvent
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | ToolCallStartEvent
  | ToolCallDeltaEvent
  | FinishEvent;

/** The prompt was accepted and its evaluation begins. Counts that are not known yet are absent: `finish` has them all. */
export interface StartedEvent {
  readonly type: 'started';
  readonly promptTokens?: number;
  /** Prompt tokens that were found in the prompt cache and are not evaluated again. */
  readonly cachedTokens?: number;
  /** From arrival to the start of evaluation, in milliseconds; absent: not known. */
  readonly queueWaitMs?: number;
  /** The name of the deployment that serves the request, where a backend stands for several. */
  readonly servedBy?: string;
}

/**
 * The prompt, where its request asked for its echo; before anything that is generated. The first of these has the whole
 * text. Where log-probabilities were asked for, more come as the prompt is evaluated: their text is empty.
 */
export interface EchoEvent {
  readonly type: 'echo';
  readonly text: string;
  /** Tokens of the prompt in order. Absent if not requested. */
  readonly logprobs?: readonly EchoedToken[];
}

/** A token of a prompt. The first has no log-probability: nothing stands before it. */
export interface EchoedToken extends Omit<TokenLogprob, 'logprob'> {
  readonly logprob: number | undefined;
}

/** A piece of an answer. */
export interface DeltaEvent {
  /** The usage so far, if the request wants it. */
  readonly soFar?: GeneratedTokens;
}

export type GeneratedTokens = Pick<TokenUsage, 'completionTokens' | 'reasoningTokens'>;

/** Text as it is made: whole UTF-8 characters, never empty. */
export interface TextDeltaEvent extends DeltaEvent {
  readonly type: 'text-delta';
  readonly text: string;
  /**
   * Only where they were asked for: of the tokens whose text begins in this delta, in their order. A token that is
   * cut off by a stop sequence, or whose character was never finished, has no text and is in no delta.
   */
  readonly logprobs?: readonly TokenLogprob[];
}

/**
 * A token of the completion with the natural logarithm of its probability, from the model's own logits: before bias,
 * penalties, temperature, and before a grammar left anything out.
 */
export interface TokenLogprob extends RankedToken {
  /** The most likely tokens at its place, best first; the token itself may be among them. */
  readonly top: readonly RankedToken[];
}

export interface RankedToken {
  /** U+FFFD where its bytes are only a part of a character; of a control token its name. */
  readonly text: string;
  /** Undefined for a control token, which adds nothing to the text. */
  readonly bytes: readonly number[] | undefined;
  /** 0 or less; negative infinity where the model rules the token out. */
  readonly logprob: number;
}

/** Reasoning as it is generated: whole UTF-8 characters, never empty. */
export interface ReasoningDeltaEvent extends DeltaEvent {
  readonly type: 'reasoning-delta';
  readonly text: string;
}

/** A call begins. Calls come one after the other. */
export interface ToolCallStartEvent extends DeltaEvent {
  readonly type: 'tool-call-start';
  /** From 0, in the order in which they begin. */
  readonly callIndex: number;
  /** Unique in the conversation. */
  readonly id: string;
  readonly name: string;
}

/** A piece of a call's arguments, never empty; all of a call's pieces are one JSON text. */
export interface ToolCallDeltaEvent extends DeltaEvent {
  readonly type: 'tool-call-delta';
  readonly callIndex: number;
  readonly argumentsText: string;
}

export interface FinishEvent {
  readonly type: 'finish';
  readonly reason: FinishReason;
  /** The stop sequence that was met. Absent: none, or the backend doesn't say which. */
  readonly stopSequence?: string;
  /** The counts that hold, whatever `started` said. */
  readonly usage: TokenUsage;
}

/**
 * `stop`: the model ended or a stop sequence was met. `length`: the budget or the context ran out. `tool-calls`: the
 * model ended, and made calls. `content-filter`: a filter of the backend cut the answer or left it out.
 */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter';

/** The cost of a request. */
export interface TokenUsage {
  readonly promptTokens: number;
  /** Tokens generated, the end token included. */
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** The part of `completionTokens` used for reasoning. */
  readonly reasoningTokens: number;
  /** Absent where nothing was drafted. */
  readonly drafts?: DraftUsage;
  /** The counts may be incomplete. Default: false. */
  readonly isEstimated?: boolean;
}

/** Of a request that was never served. */
export const noUsage: TokenUsage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
};

/** Whether a request was served, also where no answer was read. */
export function isSpent({ promptTokens, completionTokens }: TokenUsage): boolean {
  return promptTokens + completionTokens > 0;
}

/** Tokens that a backend guessed before the model drew them. */
export interface DraftUsage {
  /** Drafted tokens that the model sampled; part of `completionTokens`. */
  readonly acceptedTokens: number;
  /** Drafted tokens that it did not sample; not part of `completionTokens`. */
  readonly rejectedTokens: number;
}
