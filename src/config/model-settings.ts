import { z } from 'zod';
import { deploymentSchema } from './deployment-settings.ts';
import { priceSchema } from './price-settings.ts';
import { duration, minuteMs, setting } from './setting.ts';

const modelsMax = 1000;
const deploymentsMax = 64;

/** A model by its public name: its price, and the deployments that serve it. Without them it is an installed model. */
const modelSchema = z.strictObject({
  name: setting(z.string().min(1).max(256), { description: 'Name that clients ask for' }),
  price: setting(priceSchema.optional(), {
    description: 'Price of its tokens, its time, or both; by default it costs nothing',
    range: 'a mapping with input and output, perHour, or all three, and optionally cachedInput and currency',
  }),
  spillOverMs: setting(duration(1, 10 * minuteMs).optional(), {
    description:
      'Send a request to the next deployment if the predicted time to its first token is longer than this; by default requests wait',
  }),
  deployments: setting(z.array(deploymentSchema).min(1).max(deploymentsMax).optional(), {
    description: 'What serves the model; the word `embedded` alone is the installed model of this name',
    range: `a list of 1 to ${deploymentsMax} deployments, each a mapping or the word embedded`,
  }),
});

/** `checkModels` checks that names are unique and that all prices have one currency. */
export const modelsSchema = z.array(modelSchema).max(modelsMax);

export type ModelSettings = z.output<typeof modelSchema>;
