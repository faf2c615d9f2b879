import { z } from 'zod';
import { neutralSampling } from '../../../backend/generation-request.ts';
import { logitBiasSchema } from './logit-bias.ts';
import { seedSchema } from './seed.ts';

export const temperatureMax = 2;

/** Of `frequency_penalty` and `presence_penalty`, in both directions. */
export const penaltyMax = 2;

export const repetitionPenaltyMax = 2;

/** The largest 32-bit integer. Every vocabulary is smaller. */
export const topKMax = 2_147_483_647;

const penaltySchema = z.number().min(-penaltyMax).max(penaltyMax).nullish();

const repetitionPenaltySchema = z.number().gt(0).max(repetitionPenaltyMax).nullish();

/** The members of a request that say how the next token is drawn. */
export const samplingFields = {
  temperature: z
    .number()
    .min(0)
    .max(temperatureMax)
    .nullish()
    .meta({
      default: neutralSampling.temperature,
      description: `Sampling temperature, 0 to ${temperatureMax}. 0 always takes the most likely token.`,
    }),
  top_p: z.number().min(0).max(1).nullish().meta({
    default: neutralSampling.topP,
    description:
      'Nucleus sampling: only the most likely tokens up to this probability mass, 0 to 1. 1 is off.',
  }),
  top_k: z
    .int()
    .min(-1)
    .max(topKMax)
    .nullish()
    .meta({
      default: neutralSampling.topK,
      description: `Sample from this many most likely tokens, 1 to ${topKMax}. 0 and -1 are off.`,
    }),
  min_p: z.number().min(0).max(1).nullish().meta({
    default: neutralSampling.minP,
    description: 'Minimum probability of a token relative to the most likely one, 0 to 1. 0 is off.',
  }),
  frequency_penalty: penaltySchema.meta({
    default: neutralSampling.frequencyPenalty,
    description: `Subtracted from a token's logit for each time that the answer contains it, -${penaltyMax} to ${penaltyMax}. 0 is off.`,
  }),
  presence_penalty: penaltySchema.meta({
    default: neutralSampling.presencePenalty,
    description: `Subtracted once from the logit of every token that the answer contains, -${penaltyMax} to ${penaltyMax}. 0 is off.`,
  }),
  repetition_penalty: repetitionPenaltySchema.meta({
    default: neutralSampling.repetitionPenalty,
    description: `Divides the logit of every token that the answer contains, or multiplies it if it is negative; above 0 and up to ${repetitionPenaltyMax}. 1 is off. Tokens of the prompt don't count.`,
  }),
  repeat_penalty: repetitionPenaltySchema.describe(
    "llama-server's name of `repetition_penalty`. If both are given, they must be equal.",
  ),
  logit_bias: logitBiasSchema,
  seed: seedSchema,
};
