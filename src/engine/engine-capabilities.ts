import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

/** The capabilities of the embedded engine with a suitable model. */
export const engineCapabilities: BackendCapabilities = {
  grammar: true,
  outputFormats: new Set(),
  tools: true,
  images: false,
  imageAddresses: false,
  logprobs: true,
  prefill: true,
  textPrompts: true,
  tokenPrompts: true,
  echo: true,
  echoedTokens: true,
  emptyAnswers: true,
  suffix: true,
  logitBias: true,
  topK: true,
  minP: true,
  repetitionPenalty: true,
  manyStops: true,
  reasoningEffort: true,
  reasoningBudget: true,
  endingRules: true,
  templateVariables: true,
  bendsForms: false,
};
