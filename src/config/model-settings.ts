import { z } from 'zod';

/** In the currency, for a million of tokens. */
const pricePerMillion = z.number().min(0).max(1_000_000);

/** The settings of one model. */
const modelSchema = z.strictObject({
  name: z.string().min(1),
  price: z
    .strictObject({
      input: pricePerMillion,
      cachedInput: pricePerMillion.optional(),
      output: pricePerMillion,
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .default('USD'),
    })
    .optional(),
});

/** Each model once, and one currency for all: sums of two currencies would mean nothing. */
export const modelsSchema = z
  .array(modelSchema)
  .refine((models) => new Set(models.map(({ name }) => name)).size === models.length)
  .refine((models) => new Set(models.flatMap(({ price }) => price?.currency ?? [])).size <= 1);
