import { z } from 'zod';
import { setting } from './setting.ts';

const priceMax = 1_000_000;

export const priceRange = `an amount from 0 to ${priceMax.toLocaleString('en-US')}`;

/** In the currency. */
function price(description: string) {
  return setting(z.number().min(0).max(priceMax).optional(), { description, range: priceRange });
}

/**
 * A price for a million tokens of each kind, for an hour of machine time, or both. `checkPrices` checks which ones are
 * there.
 */
export const priceSchema = z.strictObject({
  input: price('Price of a million tokens of the prompt'),
  cachedInput: price(
    'Price of a million tokens of the prompt that were read from a cache; by default that of `input`',
  ),
  output: price('Price of a million tokens of the answer'),
  perHour: price(
    'Price of an hour in which the model works; requests that run at the same time share it. By default its time is free',
  ),
  currency: setting(
    z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('USD'),
    {
      description: 'Currency of all prices; they must have the same',
      range: 'three capital letters such as USD',
    },
  ),
});

export type PriceSettings = z.output<typeof priceSchema>;
