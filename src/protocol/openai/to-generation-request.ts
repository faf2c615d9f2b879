import {
  type ChatMessage,
  type GenerationRequest,
  neutralSampling,
} from '../../backend/generation-request.ts';
import type { OutputFormat } from '../../backend/output-format.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import type { WireChatMessage } from './chat-message.ts';
import { toLogitBias } from './logit-bias.ts';

/**
 * Between the parts of one message. Most chat templates know one string a message; vLLM and llama-server join
 * with a newline too.
 */
const partSeparator = '\n';

/**
 * `id` is the completion's, so that logs of the service and of the backend meet. `outputFormat` is what the parser
 * read from whichever parameter asks for it.
 */
export function toGenerationRequest(
  request: ChatCompletionRequest,
  id: string,
  outputFormat?: OutputFormat,
): GenerationRequest {
  const {
    // Which model answers, how often, and in which form, is settled before a backend sees the request.
    model: _model,
    n: _n,
    stream: _stream,
    stream_options: _streamOptions,
    // Read by the parser: all of them are one output format.
    response_format: _responseFormat,
    structured_outputs: _structuredOutputs,
    guided_json: _guidedJson,
    guided_regex: _guidedRegex,
    guided_choice: _guidedChoice,
    guided_grammar: _guidedGrammar,
    json_schema: _jsonSchema,
    grammar: _grammar,
    // Nothing is stored, checked or served in tiers.
    safety_identifier: _safetyIdentifier,
    metadata: _metadata,
    service_tier: _serviceTier,
    user,
    prompt_cache_key,
    messages,
    temperature,
    top_p,
    top_k,
    min_p,
    frequency_penalty,
    presence_penalty,
    repetition_penalty,
    repeat_penalty,
    logit_bias,
    seed,
    logprobs,
    top_logprobs,
    stop,
    max_tokens,
    max_completion_tokens,
    ...unhandled
  } = request;
  unhandled satisfies Record<string, never>;
  return {
    id,
    cacheKey: prompt_cache_key ?? user ?? undefined,
    isFurtherChoice: false,
    messages: messages.map(toChatMessage),
    sampling: {
      temperature: temperature ?? neutralSampling.temperature,
      topP: top_p ?? neutralSampling.topP,
      // -1 is off too.
      topK: Math.max(top_k ?? neutralSampling.topK, 0),
      minP: min_p ?? neutralSampling.minP,
      frequencyPenalty: frequency_penalty ?? neutralSampling.frequencyPenalty,
      presencePenalty: presence_penalty ?? neutralSampling.presencePenalty,
      repetitionPenalty: repetition_penalty ?? repeat_penalty ?? neutralSampling.repetitionPenalty,
      logitBias: toLogitBias(logit_bias),
      seed: seed ?? undefined,
    },
    maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
    topLogprobs: logprobs === true ? (top_logprobs ?? 0) : undefined,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    outputFormat,
    grammar: undefined,
    toolUse: undefined,
  };
}

function toChatMessage(message: WireChatMessage): ChatMessage {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', text: toText(message.content) };
    case 'user':
      return { role: 'user', text: toText(message.content) };
    case 'assistant':
      return { role: 'assistant', text: toText(message.content ?? message.refusal ?? '') };
  }
}

type Content = NonNullable<WireChatMessage['content']>;

function toText(content: Content): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : part.refusal)).join(partSeparator);
}
