import { z } from 'zod';
import { setting } from './setting.ts';

const priceMax = 1_000_000;

/** In the currency, for a million of tokens. */
function pricePerMillion(description: string) {
  return setting(z.number().min(0).max(priceMax), {
    description,
    range: `an amount from 0 to ${priceMax.toLocaleString('en-US')}`,
  });
}

/** A price for a million tokens of each kind. */
export const priceSchema = z.strictObject({
  input: pricePerMillion('Price of a million tokens of the prompt'),
  cachedInput: pricePerMillion(
    'Price of a million tokens of the prompt that were read from a cache; by default that of `input`',
  ).optional(),
  output: pricePerMillion('Price of a million tokens of the answer'),
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
