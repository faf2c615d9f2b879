/** The names on the wire of what the form of a budget has. */
export const budgetFieldNames = [
  'budget',
  'budget.period',
  'budget.amount',
  'budget.currency',
  'budget.tokens',
  'budget.time_zone',
  'budget.override',
  'budget.override.amount',
  'budget.override.tokens',
  'budget.override.until',
] as const;
