import { limitNames } from '../api/key-wire.ts';

/** The names on the wire of what the forms of keys and projects have in common. */
export const policyFieldNames: readonly string[] = [
  ...['name', 'limits', 'metadata'],
  ...limitNames.map((name) => `limits.${name}`),
  ...['budget', 'budget.period', 'budget.amount', 'budget.currency', 'budget.tokens', 'budget.time_zone'],
  ...['budget.override', 'budget.override.amount', 'budget.override.tokens', 'budget.override.until'],
];
