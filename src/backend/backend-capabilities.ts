import type { OutputFormat } from './output-format.ts';

/**
 * The request features that a backend supports. Known before its first request, and constant. The optional
 * members of `Backend` are further abilities: if a member exists, it is supported.
 */
export interface BackendCapabilities {
  /**
   * GBNF holds the answer and the arguments of calls: the service compiles it from the request's forms. False: the forms
   * themselves go to the backend, as the client wrote them.
   */
  readonly grammar: boolean;
  /** Forms of an answer that are taken as they stand. With `grammar` they need not be listed. */
  readonly outputFormats: ReadonlySet<OutputFormat['kind']>;
  /** Tools that the model may call. */
  readonly tools: boolean;
  /** Parts of messages that are images. */
  readonly images: boolean;
  /** Images that the backend fetches from their addresses. */
  readonly imageAddresses: boolean;
  /** Log-probabilities of the tokens of the answer. */
  readonly logprobs: boolean;
  /** An answer that continues the assistant's last message. */
  readonly prefill: boolean;
  /** Prompts that are a text and no conversation. */
  readonly textPrompts: boolean;
  /** Prompts that are token ids. */
  readonly tokenPrompts: boolean;
  /** The text of a prompt is repeated before the answer. */
  readonly echo: boolean;
  /** The same for token ids, and with the log-probabilities of the prompt. */
  readonly echoedTokens: boolean;
  /** Answers of a text completion without any token: the prompt is only evaluated. */
  readonly emptyAnswers: boolean;
  /** A text that comes after the completion. */
  readonly suffix: boolean;
  /** Token ids whose logits are changed. */
  readonly logitBias: boolean;
  readonly topK: boolean;
  readonly minP: boolean;
  readonly repetitionPenalty: boolean;
  /** More than `fewStopsMax` stop sequences. */
  readonly manyStops: boolean;
  /** An effort of reasoning. */
  readonly reasoningEffort: boolean;
  /** A limit of the tokens of reasoning. */
  readonly reasoningBudget: boolean;
  /** `EndingRules` other than `plainEnding`. */
  readonly endingRules: boolean;
  /** The client's own variables for the chat template. */
  readonly templateVariables: boolean;
  /** It may answer otherwise than asked, in another form or with other calls: a finished answer is checked. */
  readonly bendsForms: boolean;
}

/** Stop sequences that every backend takes. */
export const fewStopsMax = 4;
