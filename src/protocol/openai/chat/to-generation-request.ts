import type { ReasoningLimit } from '../../../backend/generation-request.ts';
import { toText } from '../../../backend/message-content.ts';
import type { OutputFormat } from '../../../backend/output-format.ts';
import type { RequestedGeneration } from '../../../backend/requested-generation.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import { toEndingRules } from '../shared/ending-fields.ts';
import { isJsonObject } from '../shared/json-object.ts';
import { reportsUsage } from '../shared/stream-fields.ts';
import { toSampling } from '../shared/to-sampling.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import { isContinued } from './continued-message.ts';
import { withoutOutputFields } from './response-format.ts';
import { toChatMessages, toContent } from './to-chat-messages.ts';

/**
 * `id` is the completion's, so that logs of the service and of the backend meet. `outputFormat` and
 * `toolUse` are what the parser read from whichever parameters ask for them.
 */
export function toGenerationRequest(
  request: ChatCompletionRequest,
  id: string,
  outputFormat?: OutputFormat,
  toolUse?: ToolUse,
): RequestedGeneration {
  const {
    user,
    safety_identifier,
    prompt_cache_key,
    messages,
    logprobs,
    top_logprobs,
    stop,
    min_tokens,
    ignore_eos,
    repetition_stop,
    stop_token_ids,
    max_tokens,
    max_completion_tokens,
    reasoning_effort,
    reasoning_budget,
    verbosity,
    chat_template_kwargs,
    prediction,
    ...sampling
  } = withoutSettled(request);
  return {
    id,
    cacheKey: prompt_cache_key ?? user ?? safety_identifier ?? undefined,
    isFurtherChoice: false,
    prompt: { kind: 'chat', messages: toChatMessages(messages) },
    sampling: toSampling(sampling),
    maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
    topLogprobs: logprobs === true ? (top_logprobs ?? 0) : undefined,
    stop: typeof stop === 'string' ? [stop] : (stop ?? undefined),
    outputFormat,
    grammar: undefined,
    toolUse,
    reasoning: toReasoningLimit(reasoning_effort, reasoning_budget),
    verbosity: verbosity === 'low' || verbosity === 'high' ? verbosity : undefined,
    templateVariables: isJsonObject(chat_template_kwargs) ? chat_template_kwargs : {},
    continuesLastMessage: isContinued(request),
    ending: toEndingRules({ min_tokens, ignore_eos, stop_token_ids }),
    endsLoops: repetition_stop ?? undefined,
    reportsUsage: reportsUsage(request) || undefined,
    prediction: prediction ? toText(toContent(prediction.content)) : undefined,
    // Steps behind this one may set them: members that a copy replaces cost less than further ones (docs/decisions/0070).
    maxTokensDefault: undefined,
    passedParameters: undefined,
  };
}

/** The remaining fields, without the ones that are handled elsewhere. */
function withoutSettled(request: ChatCompletionRequest) {
  const {
    // Model, number of answers and format are decided before a backend sees the request.
    model: _model,
    n: _n,
    stream: _stream,
    stream_options: _streamOptions,
    // Hints.
    priority: _priority,
    prompt_cache_options: _promptCacheOptions,
    prompt_cache_retention: _promptCacheRetention,
    id_slot: _idSlot,
    // Storage is not the backend's concern, and there are no tiers.
    store: _store,
    metadata: _metadata,
    service_tier: _serviceTier,
    // Read by the parser: all of them are one use of tools.
    tools: _tools,
    tool_choice: _toolChoice,
    parallel_tool_calls: _parallelToolCalls,
    functions: _functions,
    function_call: _functionCall,
    // Both are read by `isContinued`, which looks at the messages too.
    continue_final_message: _continueFinalMessage,
    add_generation_prompt: _addGenerationPrompt,
    ...others
  } = withoutOutputFields(request);
  return others;
}

function toReasoningLimit(
  effort: ChatCompletionRequest['reasoning_effort'],
  budget: ChatCompletionRequest['reasoning_budget'],
): ReasoningLimit | undefined {
  const hasBudget = typeof budget === 'number' && budget >= 0;
  if ((effort ?? null) === null && !hasBudget) return undefined;
  return { effort: effort ?? undefined, tokensMax: hasBudget ? budget : undefined };
}
