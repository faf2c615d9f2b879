import { z } from 'zod';
import type { WireModel } from './model.ts';

/** What a client of a server needs to know of a model there. */
export interface ServedModel {
  readonly id: string;
  readonly state: WireModel['state'];
  readonly backend: WireModel['backend'];
  /** Tokens of a prompt with its answer. Undefined: not known. */
  readonly contextLength: number | undefined;
  readonly capabilities: WireModel['capabilities'];
}

const servedModelSchema = z.object({
  id: z.string(),
  state: z.enum(['unloaded', 'loading', 'ready', 'failed', 'unloading']),
  backend: z.enum(['engine', 'upstream']),
  context_length: z.int().min(0).nullable(),
  capabilities: z.object({
    chat: z.boolean(),
    completions: z.boolean(),
    tools: z.boolean(),
    structured_outputs: z.boolean(),
    reasoning: z.boolean(),
    logprobs: z.boolean(),
    embeddings: z.boolean(),
  }),
});

const servedModelsSchema = z.object({ data: z.array(servedModelSchema) });

/** The list of models of a Gravix server. Undefined if the body is another's. */
export function readServedModels(body: unknown): readonly ServedModel[] | undefined {
  const { data } = servedModelsSchema.safeParse(body);
  return data?.data.map(({ context_length: contextLength, ...model }) => ({
    ...model,
    contextLength: contextLength ?? undefined,
  }));
}
