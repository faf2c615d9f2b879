import type { ModelCapabilities } from '../../../backend/model-facts.ts';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';
import { outputFields } from './response-format.ts';
import { toolFields } from './tool-fields.ts';

const perCapability = {
  structuredOutputs: Object.keys(outputFields),
  tools: Object.keys(toolFields),
  logprobs: ['logprobs', 'top_logprobs'],
  reasoning: ['reasoning_effort', 'reasoning_budget'],
} as const satisfies Partial<Record<keyof ModelCapabilities, readonly string[]>>;

/** Parameters of a chat completion that are honoured for a model; none for a model that does not chat. */
export function listSupportedParameters(capabilities: ModelCapabilities): readonly string[] {
  if (!capabilities.chat) return [];
  const missing = (Object.keys(perCapability) as (keyof typeof perCapability)[])
    .filter((capability) => !capabilities[capability])
    .flatMap((capability) => perCapability[capability]);
  return Object.keys(chatCompletionRequestSchema.shape).filter((name) => !missing.includes(name));
}
