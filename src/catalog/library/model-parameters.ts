import { z } from 'zod';
import { ModelCheckError } from '../gguf/model-check-error.ts';

const stop = z.union([z.string(), z.array(z.string()).max(64)]);

/** Sampling defaults that a model's makers recommend; what is absent they leave open. */
export const modelParametersSchema = z.object({
  temperature: z.number().min(0).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.number().int().optional(),
  minP: z.number().min(0).max(1).optional(),
  repeatPenalty: z.number().optional(),
  presencePenalty: z.number().optional(),
  frequencyPenalty: z.number().optional(),
  /** Tokens of context, where the source sets it. */
  contextLength: z.number().int().positive().optional(),
  stop: z.array(z.string()).optional(),
});

export type ModelParameters = z.infer<typeof modelParametersSchema>;

/** A file of parameters has a few hundred bytes. */
export const parametersBytesMax = 64 * 1024;

/**
 * Ollama's `params` layer, whose names are those of its Modelfile; entries that are no sampling defaults are left out.
 * https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx
 * @throws ModelCheckError
 */
export function readModelParameters(text: string): ModelParameters {
  const json = toJson(text);
  const entries = z.record(z.string(), z.unknown()).safeParse(json).data;
  if (entries === undefined) throw createDamage();
  const stops = stop.safeParse(entries['stop']).data;
  const parameters = {
    temperature: entries['temperature'],
    topP: entries['top_p'],
    topK: entries['top_k'],
    minP: entries['min_p'],
    repeatPenalty: entries['repeat_penalty'],
    presencePenalty: entries['presence_penalty'],
    frequencyPenalty: entries['frequency_penalty'],
    contextLength: entries['num_ctx'],
    stop: typeof stops === 'string' ? [stops] : stops,
  };
  const parsed = modelParametersSchema.safeParse(parameters);
  if (!parsed.success) throw createDamage();
  return parsed.data;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw createDamage();
  }
}

function createDamage(): ModelCheckError {
  return new ModelCheckError(
    'damaged_parameters',
    'The sampling defaults that came with it can not be read.',
  );
}
