// Fills unset values: a field of the request wins, then the model's default, then ours. Vendors tune their
// models with these defaults, and Ollama and vLLM apply them too.
import {
  type ChatMessage,
  type GenerationPrompt,
  type GenerationRequest,
  neutralSampling,
  type SamplingParameters,
} from '../../backend/generation-request.ts';
import { textContent } from '../../backend/message-content.ts';
import type { DefaultSampling, ModelDefaults } from '../../backend/model-defaults.ts';
import type { RequestedGeneration, RequestedSampling } from '../../backend/requested-generation.ts';

/**
 * With every field, also those that are undefined or that the service sets later: a copy that only replaces members is fast,
 * and one that gets further members is not (docs/decisions/0070).
 */
type WholeRequest = { readonly [Name in keyof GenerationRequest]-?: GenerationRequest[Name] };

/** @param defaults undefined for a model that brings none. */
export function applyModelDefaults(
  request: RequestedGeneration,
  defaults: ModelDefaults = {},
): GenerationRequest {
  const whole: WholeRequest = {
    id: request.id,
    isFurtherChoice: request.isFurtherChoice,
    cacheKey: request.cacheKey,
    requestId: undefined,
    traceparent: undefined,
    callerId: undefined,
    projectId: undefined,
    isStreamed: undefined,
    prompt: addSystemText(request.prompt, defaults.systemText),
    sampling: toEffectiveSampling(request.sampling, defaults),
    maxTokens: request.maxTokens ?? defaults.maxTokens ?? request.maxTokensDefault,
    topLogprobs: request.topLogprobs,
    // A response format ends when it is complete, and a default stop sequence must not cut it off.
    stop: request.stop ?? (request.outputFormat === undefined ? defaults.stop : undefined) ?? [],
    outputFormat: request.outputFormat,
    grammar: request.grammar,
    toolUse: request.toolUse,
    reasoning: request.reasoning,
    verbosity: request.verbosity,
    templateVariables: request.templateVariables,
    continuesLastMessage: request.continuesLastMessage,
    ending: request.ending,
    endsLoops: request.endsLoops,
    reportsUsage: request.reportsUsage,
    prediction: request.prediction,
    passedParameters: request.passedParameters,
    openSampling: toOpenSampling(request.sampling),
    onSent: undefined,
  };
  return whole;
}

function toOpenSampling(wanted: RequestedSampling): GenerationRequest['openSampling'] {
  const open = samplingNames.filter((name) => wanted[name] === undefined);
  return open.length === 0 ? undefined : new Set(open);
}

const samplingNames = Object.keys(neutralSampling) as (keyof SamplingParameters)[];

function toEffectiveSampling(wanted: RequestedSampling, own: DefaultSampling): SamplingParameters {
  const neutral = neutralSampling;
  return {
    temperature: wanted.temperature ?? own.temperature ?? neutral.temperature,
    topP: wanted.topP ?? own.topP ?? neutral.topP,
    topK: wanted.topK ?? own.topK ?? neutral.topK,
    minP: wanted.minP ?? own.minP ?? neutral.minP,
    frequencyPenalty: wanted.frequencyPenalty ?? own.frequencyPenalty ?? neutral.frequencyPenalty,
    presencePenalty: wanted.presencePenalty ?? own.presencePenalty ?? neutral.presencePenalty,
    repetitionPenalty: wanted.repetitionPenalty ?? own.repetitionPenalty ?? neutral.repetitionPenalty,
    logitBias: wanted.logitBias ?? neutral.logitBias,
    seed: wanted.seed ?? own.seed ?? neutral.seed,
  };
}

/**
 * As Ollama does it: only where the conversation does not begin with a system message. A raw prompt is its client's alone.
 * https://github.com/ollama/ollama/blob/main/server/routes.go, ChatHandler
 */
function addSystemText(prompt: GenerationPrompt, systemText: string | undefined): GenerationPrompt {
  if (prompt.kind !== 'chat' || systemText === undefined || prompt.messages[0]?.role === 'system') {
    return prompt;
  }
  const system: ChatMessage = { role: 'system', content: textContent(systemText) };
  return { ...prompt, messages: [system, ...prompt.messages] };
}
