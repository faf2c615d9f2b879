import type { GenerationRequest } from '../../../backend/generation-request.ts';
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
}

/** A JSON object. It may hold exact numbers: `writeJson` of `json/` writes it. */
export type UpstreamBody = Readonly<Record<string, unknown>>;

/** The body of `POST chat/completions` for a conversation. */
export function toUpstreamChatRequest(request: GenerationRequest, form: UpstreamRequestForm): UpstreamBody {
  const { prompt, toolUse, reasoning, continuesLastMessage, templateVariables, prediction } = request;
  if (prompt.kind !== 'chat') throw new Error('Only a conversation becomes a chat request.');
  const { dialect } = form;
  const { reasoningBudgetField, templateVariablesField } = dialect;
  const { effort, tokensMax } = reasoning ?? {};
  return {
    ...toPassed(request, form),
    model: form.model,
    messages: toUpstreamMessages(prompt.messages, dialect),
    ...toShared(request, form),
    ...(request.maxTokens === undefined ? {} : { [dialect.maxTokensField]: request.maxTokens }),
    ...(request.topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: request.topLogprobs }),
    ...(toolUse === undefined ? {} : toUpstreamTools(toolUse, dialect)),
    ...(effort !== undefined && dialect.reasoningEffort ? { reasoning_effort: effort } : {}),
    ...(tokensMax !== undefined && reasoningBudgetField ? { [reasoningBudgetField]: tokensMax } : {}),
    ...(templateVariablesField === undefined || Object.keys(templateVariables).length === 0
      ? {}
      : { [templateVariablesField]: templateVariables }),
    ...(continuesLastMessage && dialect.prefill === 'continue_final_message'
      ? { continue_final_message: true, add_generation_prompt: false }
      : {}),
    ...(prediction !== undefined && dialect.prediction
      ? { prediction: { type: 'content', content: prediction } }
      : {}),
  };
}

/** The body of `POST completions` for a text or for token ids. */
export function toUpstreamCompletionRequest(
  request: GenerationRequest,
  form: UpstreamRequestForm,
): UpstreamBody {
  const { prompt } = request;
  if (prompt.kind === 'chat') throw new Error('A conversation becomes a chat request.');
  const suffix = prompt.kind === 'text' ? prompt.suffix : undefined;
  return {
    ...toPassed(request, form),
    model: form.model,
    prompt: prompt.kind === 'text' ? prompt.text : prompt.tokens,
    ...toShared(request, form),
    ...(suffix === undefined ? {} : { suffix }),
    ...(request.maxTokens === undefined ? {} : { max_tokens: request.maxTokens }),
    ...(request.topLogprobs === undefined ? {} : { logprobs: request.topLogprobs }),
    ...(prompt.isEchoed && form.dialect.echo === 'tokens' ? { echo: true } : {}),
  };
}

/** What both endpoints have. */
function toShared(
  request: GenerationRequest,
  { dialect, isStreamed, choiceCount }: UpstreamRequestForm,
): UpstreamBody {
  const { outputFormat, stop, ending, cacheKey } = request;
  const { minTokensField, stopTokensField, ignoreEndField, cacheKeyField } = dialect;
  return {
    ...toUpstreamSampling(request, dialect),
    ...(choiceCount > 1 ? { n: choiceCount } : {}),
    ...(stop.length > 0 ? { stop } : {}),
    ...(outputFormat === undefined ? {} : toUpstreamFormat(outputFormat, dialect)),
    ...(ending.minTokens > 0 && minTokensField ? { [minTokensField]: ending.minTokens } : {}),
    ...(ending.stopTokens.length > 0 && stopTokensField ? { [stopTokensField]: ending.stopTokens } : {}),
    ...(ending.isEndBarred && ignoreEndField ? { [ignoreEndField]: true } : {}),
    ...(request.endsLoops !== undefined && dialect.endsLoops ? { repetition_stop: request.endsLoops } : {}),
    ...(cacheKey !== undefined && cacheKeyField ? { [cacheKeyField]: cacheKey } : {}),
    ...(isStreamed ? { stream: true, ...toStreamOptions(dialect) } : {}),
  };
}

function toStreamOptions({ includeUsage, continuousUsage }: Dialect): UpstreamBody {
  if (!includeUsage) return {};
  const continuous = continuousUsage === undefined ? {} : { continuous_usage_stats: true };
  return { stream_options: { include_usage: true, ...continuous } };
}

/** The client's fields that the deployment lets through. Ours are written over them. */
function toPassed(
  { passedParameters = {} }: GenerationRequest,
  { passParameters }: UpstreamRequestForm,
): UpstreamBody {
  return Object.fromEntries(
    passParameters.flatMap((name) =>
      Object.hasOwn(passedParameters, name) ? [[name, passedParameters[name]]] : [],
    ),
  );
}
