import { expect, test } from 'vitest';
import { formatMoney } from './format.ts';

test.each([
  [0, '$0'],
  [0.0000012, '$0.0000012'],
  [0.025, '$0.025'],
  [0.05, '$0.05'],
  [0.075, '$0.075'],
  [0.0123, '$0.012'],
  [0.1, '$0.10'],
  [0.25, '$0.25'],
  [12.345, '$12.35'],
  [20, '$20'],
])('the amount %s is %s', (amount, text) => {
  expect(formatMoney(amount, 'USD')).toBe(text);
});
