import { z } from 'zod';
import type { BackendState } from '../../../backend/backend.ts';
import type { ModelFacts } from '../../../backend/model-facts.ts';
import { listSupportedParameters } from '../chat/supported-parameters.ts';
import { defaultParametersSchema, toDefaultParameters } from './default-parameters.ts';

const count = z.int().min(0).nullable();

const capabilitiesSchema = z
  .object({
    chat: z.boolean(),
    completions: z.boolean(),
    tools: z.boolean(),
    structured_outputs: z.boolean(),
    reasoning: z.boolean(),
    logprobs: z.boolean(),
    embeddings: z.boolean(),
  })
  .meta({ id: 'ModelCapabilities' });

/** A served model, as `GET /models` and `GET /models/{id}` show it. */
export const modelSchema = z
  .object({
    id: z.string().describe('The name to use in requests.'),
    object: z.literal('model'),
    created: z.int().describe('Unix time in seconds when the model was added to this server.'),
    owned_by: z.string(),
    alias_of: z
      .string()
      .optional()
      .describe('Only for an alias that the operator defined: the model behind it.'),
    aliases: z.array(z.string()).describe('Aliases of the model.'),
    state: z
      .enum(['unloaded', 'loading', 'ready', 'failed', 'unloading'])
      .describe('`unloaded`: the next request loads it.'),
    backend: z.enum(['engine', 'upstream']).describe('Where it runs: in this server or on another one.'),
    context_length: count.describe('Maximum tokens of prompt and completion together; null if unknown.'),
    max_model_len: count.describe("The same, under vLLM's name."),
    max_output_tokens: count.describe('Maximum tokens of a completion.'),
    architecture: z.string().nullable().describe('As in the model file, such as `llama`.'),
    parameter_count: count,
    quantization: z.string().nullable().describe('As in the model file, such as `Q4_1`.'),
    size_bytes: count,
    license: z.string().nullable(),
    modalities: z
      .object({ input: z.array(z.string()), output: z.array(z.string()) })
      .describe('Its input and output.'),
    capabilities: capabilitiesSchema,
    supported_parameters: z
      .array(z.string())
      .describe('Supported parameters of a chat completion for this model.'),
    default_parameters: defaultParametersSchema.describe(
      'The defaults that the model ships with, and no others. A field of the request overrides them.',
    ),
    default_system_message: z
      .string()
      .nullable()
      .describe(
        'The system message that the model ships with, for conversations without one; null if there is none.',
      ),
  })
  .meta({ id: 'Model' });

export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .meta({ id: 'ModelList' });

export type WireModel = z.infer<typeof modelSchema>;
export type WireModelList = z.infer<typeof modelListSchema>;

/** The facts about a model that the API returns. */
export interface ModelEntry {
  readonly name: string;
  readonly createdAtSeconds: number;
  readonly ownedBy: string;
  /** The model behind an alias. Undefined if it is not an alias. */
  readonly aliasOf: string | undefined;
  readonly aliases: readonly string[];
  readonly state: BackendState;
  /** Messages to it may have images. */
  readonly readsImages: boolean;
  readonly backendKind: 'engine' | 'upstream';
  readonly facts: ModelFacts;
}

const wireStates = {
  unloaded: 'unloaded',
  starting: 'loading',
  ready: 'ready',
  failed: 'failed',
  draining: 'unloading',
  closed: 'unloaded',
} as const satisfies Record<BackendState, WireModel['state']>;

export function toModel({ name, createdAtSeconds, ownedBy, aliasOf, ...entry }: ModelEntry): WireModel {
  const { facts, aliases, state, backendKind, readsImages } = entry;
  const { capabilities, contextLength = null } = facts;
  const { structuredOutputs, ...named } = capabilities;
  const { systemText = null, ...defaults } = facts.defaults ?? {};
  return {
    id: name,
    object: 'model',
    created: createdAtSeconds,
    owned_by: ownedBy,
    ...(aliasOf === undefined ? {} : { alias_of: aliasOf }),
    aliases: [...aliases],
    state: wireStates[state],
    backend: backendKind,
    context_length: contextLength,
    max_model_len: contextLength,
    max_output_tokens: capabilities.chat || capabilities.completions ? contextLength : 0,
    architecture: facts.architecture ?? null,
    parameter_count: facts.parameterCount ?? null,
    quantization: facts.quantization ?? null,
    size_bytes: facts.sizeBytes ?? null,
    license: facts.license ?? null,
    modalities: {
      input: readsImages ? ['text', 'image'] : ['text'],
      output: [capabilities.embeddings ? 'embedding' : 'text'],
    },
    capabilities: { ...named, structured_outputs: structuredOutputs },
    supported_parameters: [...listSupportedParameters(capabilities)],
    default_parameters: toDefaultParameters(defaults),
    default_system_message: systemText,
  };
}

export function toModelList(entries: readonly ModelEntry[]): WireModelList {
  return { object: 'list', data: entries.map(toModel) };
}
