import { neutralSampling, type SamplingParameters } from '../../../backend/generation-request.ts';
import { servedTier } from '../shared/client-fields.ts';
import { createRandomHex } from '../shared/create-random-hex.ts';
import { toMetadata } from '../shared/metadata.ts';
import { isHostedTool } from './hosted-tools.ts';
import type { ResponseEnvelope } from './response-fold.ts';
import type { ResponseRequest } from './response-request.ts';
import type { ResponseTool } from './response-tools.ts';

export function createResponseId(): string {
  return `resp_${createRandomHex()}`;
}

type ShownSampling = Pick<
  SamplingParameters,
  'temperature' | 'topP' | 'presencePenalty' | 'frequencyPenalty'
>;

export interface ResponseEnvelopeParts {
  readonly id: string;
  /** Unix time in seconds. */
  readonly createdAtSeconds: number;
  readonly isStored: boolean;
  /** As it is done, the model's own defaults included. Undefined: nothing is done, and the request says it. */
  readonly sampling: ShownSampling | undefined;
}

/** The facts about a response that are known from its request. */
export function createResponseEnvelope(
  request: ResponseRequest,
  { id, createdAtSeconds, isStored, sampling }: ResponseEnvelopeParts,
): ResponseEnvelope {
  return {
    id,
    created_at: createdAtSeconds,
    model: request.model,
    store: isStored,
    background: false,
    instructions: request.instructions ?? null,
    previous_response_id: request.previous_response_id ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    metadata: toMetadata(request.metadata),
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    temperature: sampling?.temperature ?? request.temperature ?? neutralSampling.temperature,
    top_p: sampling?.topP ?? request.top_p ?? neutralSampling.topP,
    presence_penalty:
      sampling?.presencePenalty ?? request.presence_penalty ?? neutralSampling.presencePenalty,
    frequency_penalty:
      sampling?.frequencyPenalty ?? request.frequency_penalty ?? neutralSampling.frequencyPenalty,
    top_logprobs: request.top_logprobs ?? 0,
    text: {
      format: request.text?.format ?? { type: 'text' },
      verbosity: request.text?.verbosity ?? 'medium',
    },
    tools: (request.tools ?? []).flatMap(toWireTools),
    tool_choice: request.tool_choice ?? 'auto',
    reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
    truncation: 'disabled',
    service_tier: servedTier,
    user: request.user ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    safety_identifier: request.safety_identifier ?? null,
  };
}

/** A tool that was left out is not there. */
function toWireTools(tool: ResponseTool): unknown[] {
  if (isHostedTool(tool)) return [];
  if (tool.type === 'namespace') {
    const { type, name, description, tools } = tool;
    return [{ type, name, description: description ?? '', tools: tools.flatMap(toWireTools) }];
  }
  if (tool.type === 'custom') {
    const { type, name, description, format } = tool;
    const text = typeof description === 'string' ? { description } : {};
    return [{ type, name, ...text, format: format ?? { type: 'text' } }];
  }
  const { type, name, description, parameters, strict } = tool;
  return [
    {
      type,
      name,
      description: description ?? null,
      parameters: parameters ?? null,
      strict: strict ?? false,
    },
  ];
}
