import type { GenerationRequest } from '../../../backend/generation-request.ts';
import { withVerbosity } from '../../../backend/with-verbosity.ts';
import type { Dialect } from './dialect.ts';
import { toUpstreamFormat } from './to-upstream-format.ts';
import { toUpstreamMessages } from './to-upstream-messages.ts';
import { toUpstreamSampling } from './to-upstream-sampling.ts';
import { toUpstreamTools } from './to-upstream-tools.ts';

/** What a request needs besides its meaning. */
export interface UpstreamRequestForm {
  /** The upstream's name of the model. */
  readonly model: string;
  readonly isStreamed: boolean;
  /** Answers to the one prompt, 1 or more; more than 1 only where the dialect has `choices`. */
  readonly choiceCount: number;
  readonly dialect: Dialect;
  /** Names of the client's own fields that go to the upstream. */
  readonly passParameters: readonly string[];
  /**
   * The limit of the answer's tokens is not sent: it is more than the context has left, which the upstream fills. See
   * `isLengthRefused`. Default: false.
   */
  readonly isLengthOpen?: boolean;
  /** Only the client's own strict tools are sent as strict: the upstream can't hold calls to some parameters. Default: false. */
  readonly areArgumentsFree?: boolean;
  /** Tokens that prompt and answer may have together; undefined: not known. */
  readonly contextLength?: number | undefined;
}

/** A JSON object. It may hold exact numbers: `writeJson` of `json/` writes it. */
export type UpstreamBody = Readonly<Record<string, unknown>>;

/** The body of `POST chat/completions` for a conversation. */
export function toUpstreamChatRequest(request: GenerationRequest, form: UpstreamRequestForm): UpstreamBody {
  const { prompt, toolUse, maxTokens, topLogprobs, verbosity } = request;
  if (prompt.kind !== 'chat') throw new Error('Only a conversation becomes a chat request.');
  const { dialect } = form;
  return Object.assign(
    toPassed(request, form),
    {
      model: form.model,
      messages: toUpstreamMessages(
        dialect.verbosity ? prompt.messages : withVerbosity(prompt.messages, verbosity),
        dialect,
      ),
    },
    toShared(request, form),
    sendsLength(request, form) && { [dialect.maxTokensField]: maxTokens },
    topLogprobs !== undefined && { logprobs: true, top_logprobs: topLogprobs },
    toolUse && toUpstreamTools(toolUse, dialect, form.areArgumentsFree),
    toChatOnly(request, dialect),
  );
}

/** The body of `POST completions` for a text or for token ids. */
export function toUpstreamCompletionRequest(
  request: GenerationRequest,
  form: UpstreamRequestForm,
): UpstreamBody {
  const { prompt, maxTokens, topLogprobs } = request;
  if (prompt.kind === 'chat') throw new Error('A conversation becomes a chat request.');
  const suffix = prompt.kind === 'text' ? prompt.suffix : undefined;
  return Object.assign(
    toPassed(request, form),
    { model: form.model, prompt: prompt.kind === 'text' ? prompt.text : prompt.tokens },
    toShared(request, form),
    suffix !== undefined && { suffix },
    sendsLength(request, form) && { max_tokens: maxTokens },
    topLogprobs !== undefined && { logprobs: topLogprobs },
    isEchoAsked(request, form.dialect) && { echo: true },
  );
}

/** Some servers take a limit of no tokens only with an echo, which is dropped where the client did not ask for it. */
export function isEchoAsked({ prompt, maxTokens }: GenerationRequest, dialect: Dialect): boolean {
  if (prompt.kind === 'chat' || dialect.echo !== 'tokens') return false;
  return prompt.isEchoed || (maxTokens === 0 && dialect.emptyAnswers === 'echoed');
}

/** A limit that is longer than the context limits nothing, and some servers refuse it. */
function sendsLength(
  { maxTokens }: GenerationRequest,
  { isLengthOpen = false, contextLength = Number.POSITIVE_INFINITY }: UpstreamRequestForm,
): boolean {
  return maxTokens !== undefined && !isLengthOpen && maxTokens < contextLength;
}

/** What both endpoints have. */
function toShared(request: GenerationRequest, form: UpstreamRequestForm): UpstreamBody {
  const {
    sampling,
    openSampling,
    stop,
    outputFormat,
    ending,
    endsLoops,
    cacheKey,
    // Written by the functions for the endpoints.
    prompt: _prompt,
    maxTokens: _maxTokens,
    topLogprobs: _topLogprobs,
    toolUse: _toolUse,
    passedParameters: _passedParameters,
    // Only a conversation has them.
    reasoning: _reasoning,
    verbosity: _verbosity,
    templateVariables: _templateVariables,
    continuesLastMessage: _continuesLastMessage,
    prediction: _prediction,
    // Our own business: names of the request and of its caller, and how the answer is read.
    id: _id,
    isFurtherChoice: _isFurtherChoice,
    callerId: _callerId,
    projectId: _projectId,
    requestId: _requestId,
    traceparent: _traceparent,
    isStreamed: _isStreamed,
    reportsUsage: _reportsUsage,
    grammar: _grammar,
    onSent: _onSent,
    ...unhandled
  } = request;
  // A new field of a request is written, or is named above with the reason why not.
  unhandled satisfies Record<string, never>;
  const { dialect, choiceCount } = form;
  const { minTokensField, stopTokensField, ignoreEndField, cacheKeyField } = dialect;
  return Object.assign(
    toUpstreamSampling({ sampling, openSampling }, dialect),
    choiceCount > 1 && { n: choiceCount },
    stop.length > 0 && { stop },
    outputFormat && toUpstreamFormat(outputFormat, dialect),
    ending.minTokens > 0 && minTokensField && { [minTokensField]: ending.minTokens },
    ending.stopTokens.length > 0 && stopTokensField && { [stopTokensField]: ending.stopTokens },
    ending.isEndBarred && ignoreEndField && { [ignoreEndField]: true },
    endsLoops !== undefined && dialect.endsLoops && { repetition_stop: endsLoops },
    cacheKey !== undefined && cacheKeyField && { [cacheKeyField]: cacheKey },
    toStreaming(form),
  );
}

/** What only a conversation has. */
function toChatOnly(request: GenerationRequest, dialect: Dialect): UpstreamBody {
  const { reasoning, verbosity, templateVariables, continuesLastMessage, prediction } = request;
  const { reasoningBudgetField, templateVariablesField } = dialect;
  const { tokensMax } = reasoning ?? {};
  // No token of reasoning is the effort `none`.
  const effort = tokensMax === 0 && reasoningBudgetField === undefined ? 'none' : reasoning?.effort;
  const hasVariables = templateVariablesField !== undefined && Object.keys(templateVariables).length > 0;
  const isContinued = continuesLastMessage && dialect.prefill === 'continue_final_message';
  const isPredicted = prediction !== undefined && dialect.prediction;
  return {
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(verbosity !== undefined && dialect.verbosity ? { verbosity } : {}),
    ...(tokensMax !== undefined && reasoningBudgetField ? { [reasoningBudgetField]: tokensMax } : {}),
    ...(hasVariables ? { [templateVariablesField]: templateVariables } : {}),
    ...(isContinued ? { continue_final_message: true, add_generation_prompt: false } : {}),
    ...(isPredicted ? { prediction: { type: 'content', content: prediction } } : {}),
  };
}

function toStreaming({ isStreamed, dialect }: UpstreamRequestForm): UpstreamBody {
  if (!isStreamed) return {};
  const continuous = dialect.continuousUsage === undefined ? {} : { continuous_usage_stats: true };
  return { stream: true, stream_options: { include_usage: true, ...continuous } };
}

/** The client's fields that the deployment lets through. Ours are written over them. */
function toPassed(
  { passedParameters = {} }: GenerationRequest,
  { passParameters }: UpstreamRequestForm,
): UpstreamBody {
  const names = passParameters.filter((name) => Object.hasOwn(passedParameters, name));
  return Object.fromEntries(names.map((name) => [name, passedParameters[name]]));
}
