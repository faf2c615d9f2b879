import { expect, test } from 'vitest';
import { formatMoney, formatRelativeTime } from './format.ts';

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

test.each([
  [1.48, 'in 1 day'],
  [0.99, 'in 1 day'],
  [-1.2, '1 day ago'],
  [-1.6, '2 days ago'],
  [30, 'in 30 days'],
  [0.5, 'in 12 hours'],
])('%s days from now are %s', (days, text) => {
  expect(formatRelativeTime(Date.now() / 1000 + days * 86_400)).toBe(text);
});
