import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

/** The capabilities of the embedded engine with a suitable model. */
export const engineCapabilities: BackendCapabilities = {
  grammar: true,
  outputFormats: new Set(),
  tools: true,
  images: false,
  logprobs: true,
  prefill: true,
  textPrompts: true,
  tokenPrompts: true,
  echo: true,
  suffix: true,
  logitBias: true,
  endingRules: true,
  templateVariables: true,
};
