import { expect, test } from 'vitest';
import {
  type ModelPrice,
  toAffordableTokens,
  toCostMaxNano,
  toCostNano,
  toCostOf,
  toHighestPrice,
  toServedCostNano,
} from './model-price.ts';

const price: ModelPrice = {
  inputNano: 150_000_000,
  cachedInputNano: 75_000_000,
  outputNano: 600_000_000,
  currency: 'USD',
};

test('tokens cost what a million of them costs, and cached ones their own price', () => {
  const million = { promptTokens: 1_000_000, cachedTokens: 400_000, completionTokens: 1_000_000 };
  expect(toCostNano(price, million)).toBe(90_000_000 + 30_000_000 + 600_000_000);
  expect(toCostOf(price)(million)).toBe(0.72);
});

test('a part of a billionth is rounded up, and large numbers are exact', () => {
  expect(
    toCostNano({ ...price, inputNano: 1 }, { promptTokens: 1, cachedTokens: 0, completionTokens: 0 }),
  ).toBe(1);
  const dear = { ...price, outputNano: 10 ** 15 };
  const counts = { promptTokens: 0, cachedTokens: 0, completionTokens: 1_234_567 };
  expect(toCostNano(dear, counts)).toBe(1_234_567_000_000_000);
});

test.each([0, 1, 149, 150, 1000, 123_456, 987_654_321])(
  'what fits into %d never costs more',
  (amountNano) => {
    for (const promptTokens of [0, 1, 7]) {
      const tokens = toAffordableTokens(price, promptTokens, amountNano);
      if (tokens < 0) {
        expect(toCostMaxNano(price, promptTokens, 0)).toBeGreaterThan(amountNano);
        continue;
      }
      expect(toCostMaxNano(price, promptTokens, tokens)).toBeLessThanOrEqual(amountNano);
      expect(toCostMaxNano(price, promptTokens, tokens + 2)).toBeGreaterThan(amountNano);
    }
  },
);

test('each deployment has its price, and the highest of each kind is reserved', () => {
  const near = { inputNano: 1_000_000, cachedInputNano: 0, outputNano: 9_000_000, currency: 'USD' };
  const far = { inputNano: 5_000_000, cachedInputNano: 2_000_000, outputNano: 3_000_000, currency: 'USD' };
  const highest = toHighestPrice('USD', new Map([...Object.entries({ near, far })]));
  expect(highest).toMatchObject({ inputNano: 5_000_000, cachedInputNano: 2_000_000, outputNano: 9_000_000 });
  const counts = { promptTokens: 1_000_000, cachedTokens: 0, completionTokens: 1_000_000 };
  const cost = (deployment: string | undefined) => toServedCostNano(highest, [{ deployment, ...counts }]);
  expect(cost('near')).toBe(10_000_000);
  expect(cost('far')).toBe(8_000_000);
  // Never too little, where it is not known who served.
  expect(cost(undefined)).toBe(14_000_000);
  const both = [
    { deployment: 'near', ...counts },
    { deployment: 'far', ...counts },
  ];
  expect(toServedCostNano(highest, both)).toBe(18_000_000);
});
