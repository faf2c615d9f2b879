import type { SamplingParameters } from '../../../backend/generation-request.ts';
import type { OutputFormat } from '../../../backend/output-format.ts';

export type SamplingName = keyof SamplingParameters;

/** How a format of an answer is asked for. */
export type FormatForm =
  /** OpenAI's `response_format`. */
  | 'response-format'
  /** vLLM's `structured_outputs`. */
  | 'structured-outputs'
  /** A field of the body: SGLang's `regex` and `ebnf`, llama-server's `grammar`. */
  | 'own-field';

/** What a server takes of OpenAI's API, and under which names. What is absent is not sent. */
export interface Dialect {
  /** The limit of an answer in a chat request. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Text completions without a token, for which the prompt is only evaluated; `echoed`: if the prompt is repeated. */
  readonly emptyAnswers: 'plain' | 'echoed' | undefined;
  /** `stream_options.continuous_usage_stats`: each chunk has the usage so far, of its choice or of all choices. */
  readonly continuousUsage: 'each-choice' | 'all-choices' | undefined;
  /** `n`. */
  readonly choices: boolean;
  readonly sampling: Readonly<Partial<Record<SamplingName, string>>>;
  /** At most; Infinity: as many as clients may send. */
  readonly stopSequencesMax: number;
  readonly formats: Readonly<
    Partial<Record<OutputFormat['kind'], { readonly form: FormatForm; readonly name: string }>>
  >;
  /** Values of `tool_choice`; undefined: it has no such field, or ignores it. */
  readonly toolChoices: ReadonlySet<'none' | 'required' | 'function' | 'allowed_tools'>;
  /** `parallel_tool_calls`; `told`: its default is false there, so it is always sent. */
  readonly parallelToolCalls: boolean | 'told';
  /** The arguments of a forced call are held to the parameters of its tool only if the tool is `strict`. */
  readonly holdsStrictCallsOnly: boolean;
  /** How an answer continues the last message. */
  readonly prefill: 'continue_final_message' | 'last-message' | undefined;
  /** The content of a message may be several texts; false: we join them. */
  readonly textParts: boolean;
  /** A tool may have no `parameters`; false: an object without properties stands for none. */
  readonly bareTools: boolean;
  /** The field of an earlier answer's reasoning. */
  readonly reasoningHistory: 'reasoning_content' | 'reasoning' | undefined;
  /** The field of the limit of reasoning tokens. */
  readonly reasoningBudgetField: string | undefined;
  readonly images: boolean;
  readonly textPrompts: boolean;
  readonly tokenPrompts: boolean;
  /** `echo`; `text`: we put the text before the answer. */
  readonly echo: 'tokens' | 'text';
  readonly suffix: boolean;
  readonly minTokensField: string | undefined;
  readonly stopTokensField: string | undefined;
  readonly ignoreEndField: string | undefined;
  readonly templateVariablesField: string | undefined;
  /** `repetition_stop`. */
  readonly endsLoops: boolean;
  /** `verbosity`; false: the system message says it. */
  readonly verbosity: boolean;
  /** `prediction`. */
  readonly prediction: boolean;
  /** The field of `cacheKey`. */
  readonly cacheKeyField: 'prompt_cache_key' | undefined;
}
