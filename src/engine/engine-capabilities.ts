import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

/** What the embedded engine can do with a model of the right kind. */
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
