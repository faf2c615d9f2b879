import type { ModelFacts } from '../../src/backend/model-facts.ts';
import { chatCapabilities } from '../create-routed-model.ts';

export const chatModel = 'smollm2:135m-instruct-q4_1';
export const chatAlias = 'llama3.1:8b-instruct-fp16';
export const embeddingModel = 'my-embedder:f16';

export const chatFacts: ModelFacts = {
  architecture: 'llama',
  parameterCount: 134_515_008,
  quantization: 'Q4_1',
  sizeBytes: 98_362_432,
  license: 'Apache-2.0',
  contextLength: 8192,
  capabilities: { ...chatCapabilities, reasoning: false },
  defaults: { temperature: 0.6, topK: 20, stop: ['<end>'], systemText: 'Be kind.' },
};

export const embeddingFacts: ModelFacts = {
  architecture: 'bert',
  capabilities: {
    chat: false,
    completions: false,
    tools: false,
    structuredOutputs: false,
    reasoning: false,
    logprobs: false,
    embeddings: true,
  },
};
