import type { OutputFormat } from './output-format.ts';

/** One completion to generate. Already validated: a backend may rely on the ranges below. */
export interface GenerationRequest {
  /** For logs; unique among the running requests. */
  readonly id: string;
  /** The conversation so far; at least one message. */
  readonly messages: readonly ChatMessage[];
  readonly sampling: SamplingParameters;
  /** Tokens to generate at most, 1 or more; undefined: until the context is full. */
  readonly maxTokens: number | undefined;
  /** Stop sequences, none of them empty; never part of the output. */
  readonly stop: readonly string[];
  /** undefined: free text. */
  readonly outputFormat: OutputFormat | undefined;
  /** GBNF that the answer must match from its first character to its end; its root rule is `root`. Already checked. */
  readonly grammar: string | undefined;
}

export interface ChatMessage {
  readonly role: ChatRole;
  readonly text: string;
}

export type ChatRole = 'system' | 'user' | 'assistant';

export interface SamplingParameters {
  /** 0 to 2; 0 is greedy. */
  readonly temperature: number;
  /** 0 to 1; 1 is off. */
  readonly topP: number;
  /** Any integer; undefined: a random one. The same seed with the same request draws the same tokens. */
  readonly seed: number | undefined;
}
