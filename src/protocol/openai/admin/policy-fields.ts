import { z } from 'zod';

export const usageLimitMax = 1_000_000_000_000;
/** Of the currency. */
export const budgetAmountMax = 9_000_000;
/** A billionth of the currency. */
export const budgetAmountMin = 1e-9;
export const budgetTokensMax = 1_000_000_000_000_000;
/** The last second that a date can name. */
export const unixSecondsMax = 8_640_000_000_000;

const limit = z.int().min(1).max(usageLimitMax).nullish();

/** Limits as a request gives them: null takes one away. */
export const usageLimitsSchema = z
  .strictObject({
    requests_per_minute: limit.describe('Requests that may start in any 60 seconds.'),
    requests_per_day: limit.describe('Requests that may start in any 24 hours.'),
    tokens_per_minute: limit.describe('Tokens of prompts and answers in any 60 seconds.'),
    tokens_per_day: limit.describe('Tokens of prompts and answers in any 24 hours.'),
    concurrent_requests: limit.describe('Requests that may run at the same time.'),
  })
  .meta({ id: 'UsageLimits' });

const amount = z.number().min(budgetAmountMin).max(budgetAmountMax);
const tokens = z.int().min(1).max(budgetTokensMax);
const until = z.int().min(0).max(unixSecondsMax);

export const budgetPeriods = ['day', 'week', 'month', 'total'] as const;

const overrideSchema = z
  .strictObject({
    amount: amount.nullish().describe('Above that of the budget.'),
    tokens: tokens.nullish().describe('Above those of the budget.'),
    until: until.describe('Unix time in seconds, in the future.'),
  })
  .meta({ id: 'BudgetOverride' });

/** A budget as a request gives it: null takes a member away. */
export const budgetSchema = z
  .strictObject({
    amount: amount.nullish().describe('Money that may be spent in a period, with at most 9 decimals.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "Expected three capital letters such as 'USD'.")
      .nullish()
      .meta({ description: 'Of the amount. USD unless it is given.' }),
    tokens: tokens.nullish().describe('Tokens of prompts and answers in a period.'),
    period: z
      .enum(budgetPeriods)
      .optional()
      .describe('A new budget has one. A week begins on Monday; `total` never ends.'),
    time_zone: z
      .string()
      .min(1)
      .max(64)
      .nullish()
      .describe('In which days, weeks and months begin, such as `Europe/Berlin`. UTC unless it is given.'),
    override: overrideSchema.nullish().describe('What may be spent in place of it for a time.'),
  })
  .meta({ id: 'UsageBudget' });

const shownLimit = z.int().nullable();

export const shownLimitsSchema = z
  .object({
    requests_per_minute: shownLimit,
    requests_per_day: shownLimit,
    tokens_per_minute: shownLimit,
    tokens_per_day: shownLimit,
    concurrent_requests: shownLimit,
  })
  .describe('Null where there is none.')
  .meta({ id: 'ShownUsageLimits' });

export const shownBudgetSchema = z
  .object({
    amount: z.number().nullable(),
    currency: z.string().nullable(),
    tokens: z.int().nullable(),
    period: z.enum(budgetPeriods),
    time_zone: z.string().describe('UTC unless it was given.'),
    override: z
      .object({ amount: z.number().nullable(), tokens: z.int().nullable(), until: z.int() })
      .nullable(),
  })
  .meta({ id: 'ShownUsageBudget' });
