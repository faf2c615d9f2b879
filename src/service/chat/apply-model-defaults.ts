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

/** @param defaults undefined for a model that brings none. */
export function applyModelDefaults(
  request: RequestedGeneration,
  defaults: ModelDefaults = {},
): GenerationRequest {
  const { stop, maxTokens, systemText, ...sampling } = defaults;
  const { maxTokensDefault, ...kept } = request;
  return {
    ...kept,
    prompt: addSystemText(request.prompt, systemText),
    sampling: toEffectiveSampling(request.sampling, sampling),
    ...toOpenSampling(request.sampling),
    maxTokens: request.maxTokens ?? maxTokens ?? maxTokensDefault,
    // A response format ends when it is complete, and a default stop sequence must not cut it off.
    stop: request.stop ?? (request.outputFormat === undefined ? stop : undefined) ?? [],
  };
}

function toOpenSampling(wanted: RequestedSampling): Pick<GenerationRequest, 'openSampling'> {
  const open = samplingNames.filter((name) => wanted[name] === undefined);
  return open.length === 0 ? {} : { openSampling: new Set(open) };
}

const samplingNames = Object.keys(neutralSampling) as (keyof SamplingParameters)[];

function toEffectiveSampling(wanted: RequestedSampling, own: DefaultSampling): SamplingParameters {
  const { temperature, topP, topK, minP, logitBias, seed, ...penalties } = wanted;
  const { frequencyPenalty, presencePenalty, repetitionPenalty, ...unhandled } = penalties;
  unhandled satisfies Record<string, never>;
  const neutral = neutralSampling;
  return {
    temperature: temperature ?? own.temperature ?? neutral.temperature,
    topP: topP ?? own.topP ?? neutral.topP,
    topK: topK ?? own.topK ?? neutral.topK,
    minP: minP ?? own.minP ?? neutral.minP,
    frequencyPenalty: frequencyPenalty ?? own.frequencyPenalty ?? neutral.frequencyPenalty,
    presencePenalty: presencePenalty ?? own.presencePenalty ?? neutral.presencePenalty,
    repetitionPenalty: repetitionPenalty ?? own.repetitionPenalty ?? neutral.repetitionPenalty,
    logitBias: logitBias ?? neutral.logitBias,
    seed: seed ?? own.seed ?? neutral.seed,
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
