import { BackendError } from '../../../backend/backend-error.ts';
import type { GenerationRequest, SamplingParameters } from '../../../backend/generation-request.ts';
import { placed } from '../../../backend/placed-text.ts';
import type { RequestPlace } from '../../../backend/request-place.ts';
import type { EngineFacts } from '../../engine-message.ts';
import type { SamplerConfig } from '../model/binding.ts';
import { toSamplerSeed } from './sampler-seed.ts';

/** How a request's sampler is configured. What is off is left out: the binding would put a sampler for it into its chain. */
export function toSamplerConfig(
  sampling: SamplingParameters,
  { contextLength, vocabularySize }: Pick<EngineFacts, 'contextLength' | 'vocabularySize'>,
): SamplerConfig {
  const { temperature, topP, topK, minP, seed, ...others } = sampling;
  const { frequencyPenalty, presencePenalty, repetitionPenalty, logitBias, ...unhandled } = others;
  unhandled satisfies Record<string, never>;
  const penalties = {
    frequency: frequencyPenalty,
    presence: presencePenalty,
    repetition: repetitionPenalty,
    tokensMax: contextLength,
  };
  return {
    temperature,
    seed: toSamplerSeed(seed),
    ...(topP < 1 ? { topP } : {}),
    ...(topK > 0 && topK < vocabularySize ? { topK } : {}),
    ...(minP > 0 ? { minP } : {}),
    ...(frequencyPenalty !== 0 || presencePenalty !== 0 || repetitionPenalty !== 1 ? { penalties } : {}),
    ...(logitBias.size > 0 ? { biases: logitBias } : {}),
  };
}

/** The native sampler takes the id of a bias as an index and does not look whether it is one. */
export function assertKnownTokens(
  { sampling, ending }: Pick<GenerationRequest, 'sampling' | 'ending'>,
  vocabularySize: number,
): void {
  const isUnknown = (token: number) => token >= vocabularySize;
  const biased = [...sampling.logitBias.keys()].find(isUnknown);
  if (biased !== undefined)
    throw createUnknownError('unknown_token', { kind: 'token-bias' }, biased, vocabularySize);
  const stop = ending.stopTokens.find(isUnknown);
  if (stop !== undefined) {
    throw createUnknownError('unknown_stop_token', { kind: 'stop-token' }, stop, vocabularySize);
  }
}

function createUnknownError(
  code: 'unknown_token' | 'unknown_stop_token',
  place: RequestPlace,
  token: number,
  vocabularySize: number,
): BackendError {
  return new BackendError(
    code,
    placed`Invalid value for '${place}': there is no token ${token}; this model's tokens are 0 to ${vocabularySize - 1}.`,
  );
}
