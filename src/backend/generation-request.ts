import type { SentAttempt } from './generation.ts';
import type { MessageContent } from './message-content.ts';
import type { OutputFormat } from './output-format.ts';
import type { ToolCall, ToolUse } from './tool.ts';

/** One completion to generate. Already validated: a backend may rely on the ranges below. */
export interface GenerationRequest {
  /** For logs; unique among the running requests. */
  readonly id: string;
  /**
   * One more answer to a prompt that was accepted already: it waits for its turn like any other request, but no
   * limit of a queue refuses it.
   */
  readonly isFurtherChoice: boolean;
  /** Requests with the same key are likely to begin alike: a backend may keep them together. */
  readonly cacheKey: string | undefined;
  /** The id of the client's request, for logs and for remote servers; `id` is the one of the answer. Absent: the same. */
  readonly requestId?: string | undefined;
  /** The W3C trace context of the client's request; a remote server is sent it with a span of its own. Absent: none. */
  readonly traceparent?: string | undefined;
  /** The caller as an opaque name; callers get slots in turn. Absent: one more caller, without a name. */
  readonly callerId?: string | undefined;
  /** The project of the caller as an opaque name: servers that share their time among callers go by it. */
  readonly projectId?: string | undefined;
  /** False: only the whole answer is read, so a remote server may send it as one. Default: true. */
  readonly isStreamed?: boolean | undefined;
  readonly prompt: GenerationPrompt;
  readonly sampling: SamplingParameters;
  /**
   * Tokens to generate at most, 0 or more; undefined: until the context is full. With 0 the prompt is evaluated, and
   * nothing more.
   */
  readonly maxTokens: number | undefined;
  /**
   * Number of alternatives to report with the log-probability of each token, 0 to 20. Undefined: no
   * log-probabilities.
   */
  readonly topLogprobs: number | undefined;
  /** Stop sequences, none of them empty; never part of the output. One may be the name of a control token. */
  readonly stop: readonly string[];
  /** undefined: free text. */
  readonly outputFormat: OutputFormat | undefined;
  /**
   * GBNF that the answer must match from its first character to its end; its root rule is `root`. Already checked. Where
   * tools may be called, the answer is either calls or a text that matches. Never given where calls are required.
   */
  readonly grammar: string | undefined;
  /** Tools that the model may call; undefined: none. */
  readonly toolUse: ToolUse | undefined;
  /** How much a model that thinks may think; undefined: as much as it likes. */
  readonly reasoning: ReasoningLimit | undefined;
  /** How long the answer to a conversation should be. The model follows it as well as it can. Absent: as it likes. */
  readonly verbosity?: Verbosity | undefined;
  /** The client's own variables for the chat template: JSON values by identifiers, none of which is the prompt's. */
  readonly templateVariables: Readonly<Record<string, unknown>>;
  /**
   * The last message is an unfinished assistant message without calls, and the completion continues it. A
   * grammar applies to the completion only.
   */
  readonly continuesLastMessage: boolean;
  readonly ending: EndingRules;
  /** A completion that repeats itself exactly, for long and outside of a grammar, ends with `length`. Default: false. */
  readonly endsLoops?: boolean | undefined;
  /** Each delta says how many tokens were generated so far. Default: false. */
  readonly reportsUsage?: boolean | undefined;
  /** The likely answer, in parts or as a whole. It makes the answer faster and never changes it. */
  readonly prediction: string | undefined;
  /** Fields of the client's body that we don't know. A backend takes those in its `passedParameters`. Absent: none. */
  readonly passedParameters?: Readonly<Record<string, unknown>> | undefined;
  /** Sampling parameters that the client left open; for the embedded engine their values hold all the same. Absent: none. */
  readonly openSampling?: ReadonlySet<keyof SamplingParameters> | undefined;
  /** Hears of each server that is sent the request, before there is an answer. The embedded engine sends it nowhere. Absent: nobody asks. */
  readonly onSent?: ((attempt: SentAttempt) => void) | undefined;
}

/** The input that the model continues. */
export type GenerationPrompt = ChatPrompt | TextPrompt | TokenPrompt;

/** A conversation, which the model's own chat template renders. */
export interface ChatPrompt {
  readonly kind: 'chat';
  /** The conversation so far; at least one message. */
  readonly messages: readonly ChatMessage[];
}

/**
 * A text that is the client's own template: the names of control tokens in it are control tokens. The model's begin
 * token comes before it where the model wants one. Never given together with tools.
 */
export interface TextPrompt {
  readonly kind: 'text';
  readonly text: string;
  /** The answer begins with the prompt: see `EchoEvent`. Never together with a suffix. */
  readonly isEchoed: boolean;
  /**
   * Text after the completion. A backend refuses it with `unsupported_suffix` if its model does not support
   * it.
   */
  readonly suffix: string | undefined;
}

/** Token ids, taken as they are; at least one. A backend refuses ids that it does not have with `unknown_prompt_token`. */
export interface TokenPrompt {
  readonly kind: 'tokens';
  readonly tokens: readonly number[];
  readonly isEchoed: boolean;
}
export interface ReasoningLimit {
  /**
   * The share of the completion's tokens for reasoning. `none` also asks the model not to reason. For a model
   * that does not reason, a backend refuses every value except `none` with `unsupported_reasoning`.
   */
  readonly effort: ReasoningEffort | undefined;
  /**
   * Maximum reasoning tokens, 0 or more. 0 also asks the model not to reason. The lower of both limits
   * applies.
   */
  readonly tokensMax: number | undefined;
}

export type Verbosity = 'low' | 'high';

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/**
 * Conditions that end a completion before its tokens run out, besides stop sequences and the model's end
 * tokens.
 */
export interface EndingRules {
  /**
   * Before this many tokens, end tokens and `stopTokens` are not sampled, and stop sequences don't match. 0
   * is off.
   */
  readonly minTokens: number;
  /** Token ids that end the completion and are no part of it; a backend refuses unknown ones with `unknown_stop_token`. */
  readonly stopTokens: readonly number[];
  /** The model's own end tokens are never drawn. */
  readonly isEndBarred: boolean;
}

/** A completion ends where its model ends it. */
export const plainEnding: EndingRules = { minTokens: 0, stopTokens: [], isEndBarred: false };

/** Options of conversations, or rarely used options, all unset. */
export const plainRules = {
  reasoning: undefined,
  templateVariables: {},
  continuesLastMessage: false,
  ending: plainEnding,
  prediction: undefined,
} as const satisfies Partial<GenerationRequest>;

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: MessageContent;
  /** The assistant's reasoning before its text. A chat template may show it or not. */
  readonly reasoning?: string;
  /** Calls that an assistant made in this turn. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a `tool` message: the call whose result it is. */
  readonly toolCallId?: string;
}

/** `tool`: the result of a call. */
export type ChatRole = 'system' | 'user' | 'assistant' | 'tool';

/** How the next token is drawn. In this order: bias, penalties, `topK`, `topP`, `minP`, temperature. */
export interface SamplingParameters {
  /** 0 to 2; 0 is greedy. */
  readonly temperature: number;
  /** Only the most likely tokens up to this probability mass; 0 to 1, 1 is off. */
  readonly topP: number;
  /** Sample from this many most likely tokens. A whole number; 0 is off. */
  readonly topK: number;
  /** Only tokens at least this likely, as a share of the most likely one's probability; 0 to 1, 0 is off. */
  readonly minP: number;
  /** Taken from a token's logit for each time that the completion has it; -2 to 2, 0 is off. */
  readonly frequencyPenalty: number;
  /** Taken once from the logit of every token that the completion has; -2 to 2, 0 is off. */
  readonly presencePenalty: number;
  /**
   * The logit of every token that the completion has is divided by it where it is positive, and multiplied where it
   * is negative; above 0 and up to 2, 1 is off.
   */
  readonly repetitionPenalty: number;
  /**
   * Added to the logits of these token ids; -100 to 100. A backend refuses an id that its model does not have with
   * `unknown_token`.
   */
  readonly logitBias: ReadonlyMap<number, number>;
  /** Any integer of 64 bits; undefined: a random one. The same seed with the same request draws the same tokens. */
  readonly seed: number | bigint | undefined;
}

/** Draws by the model's own probabilities. */
export const neutralSampling: SamplingParameters = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  frequencyPenalty: 0,
  presencePenalty: 0,
  repetitionPenalty: 1,
  logitBias: new Map(),
  seed: undefined,
};
