import { z } from 'zod';
import type { ModelDefaults } from '../../../backend/model-defaults.ts';

/** By the names that requests have for them. */
export const defaultParametersSchema = z
  .object({
    temperature: z.number().optional(),
    top_p: z.number().optional(),
    top_k: z.int().optional(),
    min_p: z.number().optional(),
    frequency_penalty: z.number().optional(),
    presence_penalty: z.number().optional(),
    repetition_penalty: z.number().optional(),
    seed: z.int().optional(),
    max_tokens: z.int().optional(),
    stop: z.array(z.string()).optional(),
  })
  .meta({ id: 'DefaultParameters' });

export type WireDefaultParameters = z.infer<typeof defaultParametersSchema>;

/** Only values that are set. The system message is not a request parameter. */
export function toDefaultParameters(defaults: Omit<ModelDefaults, 'systemText'>): WireDefaultParameters {
  const { temperature, topP, topK, minP, seed, stop, maxTokens, ...penalties } = defaults;
  const { frequencyPenalty, presencePenalty, repetitionPenalty, ...unhandled } = penalties;
  unhandled satisfies Record<string, never>;
  const named = {
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    repetition_penalty: repetitionPenalty,
    seed,
    max_tokens: maxTokens,
    stop: stop && [...stop],
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
