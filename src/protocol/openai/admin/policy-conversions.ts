import type { z } from 'zod';
import type {
  budgetSchema,
  shownBudgetSchema,
  shownLimitsSchema,
  usageLimitsSchema,
} from './policy-fields.ts';

/** Billionths in a unit of a currency. */
export const nanoPerUnit = 1e9;

/** What an absent member leaves as it is, and null takes away. */
type Change<T> = T | null | undefined;

export interface LimitFields {
  readonly requestsPerMinute?: Change<number>;
  readonly requestsPerDay?: Change<number>;
  readonly tokensPerMinute?: Change<number>;
  readonly tokensPerDay?: Change<number>;
  readonly concurrentRequests?: Change<number>;
}

export interface BudgetFields {
  /** Billionths of the currency. */
  readonly amountNano?: Change<number>;
  readonly currency?: Change<string>;
  readonly tokens?: Change<number>;
  readonly period?: Change<'day' | 'week' | 'month' | 'total'>;
  readonly timeZone?: Change<string>;
  readonly override?: Change<OverrideFields>;
}

export interface OverrideFields {
  readonly amountNano?: number;
  readonly tokens?: number;
  readonly untilMs: number;
}

export function toLimitFields(limits: z.infer<typeof usageLimitsSchema>): LimitFields {
  return withoutUndefined({
    requestsPerMinute: limits.requests_per_minute,
    requestsPerDay: limits.requests_per_day,
    tokensPerMinute: limits.tokens_per_minute,
    tokensPerDay: limits.tokens_per_day,
    concurrentRequests: limits.concurrent_requests,
  });
}

export function toBudgetFields(budget: z.infer<typeof budgetSchema>): BudgetFields {
  const { amount, currency, tokens, period, time_zone: timeZone, override } = budget;
  return withoutUndefined({
    currency,
    tokens,
    period,
    timeZone,
    amountNano: amount && toNano(amount),
    override: override && toOverrideFields(override),
  });
}

function toOverrideFields(override: NonNullable<z.infer<typeof budgetSchema>['override']>): OverrideFields {
  const { amount, tokens, until } = override;
  return {
    ...(amount === undefined || amount === null ? {} : { amountNano: toNano(amount) }),
    ...(tokens === undefined || tokens === null ? {} : { tokens }),
    untilMs: until * 1000,
  };
}

/** An amount with more than nine decimals is no number of billionths, and the service refuses NaN. */
function toNano(amount: number): number {
  const nano = Math.round(amount * nanoPerUnit);
  return nano / nanoPerUnit === amount ? nano : Number.NaN;
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Defined<Fields>;
}

export function toShownLimits(limits: LimitFields): z.infer<typeof shownLimitsSchema> {
  return {
    requests_per_minute: limits.requestsPerMinute ?? null,
    requests_per_day: limits.requestsPerDay ?? null,
    tokens_per_minute: limits.tokensPerMinute ?? null,
    tokens_per_day: limits.tokensPerDay ?? null,
    concurrent_requests: limits.concurrentRequests ?? null,
  };
}

export interface ShownBudget extends BudgetFields {
  readonly period: 'day' | 'week' | 'month' | 'total';
}

export function toShownBudget(budget: ShownBudget | undefined): z.infer<typeof shownBudgetSchema> | null {
  if (budget === undefined) return null;
  const { override } = budget;
  return {
    ...toShownBudgetFields(budget),
    override: override
      ? {
          amount: toAmount(override.amountNano),
          tokens: override.tokens ?? null,
          until: Math.floor(override.untilMs / 1000),
        }
      : null,
  };
}

/** A budget without what is spent in place of it for a time. */
export function toShownBudgetFields(budget: Omit<ShownBudget, 'override'>) {
  const { amountNano, currency, tokens, period, timeZone } = budget;
  return {
    amount: toAmount(amountNano),
    currency: currency ?? null,
    tokens: tokens ?? null,
    period,
    time_zone: timeZone ?? 'UTC',
  };
}

function toAmount(nano: number | null | undefined): number | null {
  return nano === undefined || nano === null ? null : nano / nanoPerUnit;
}
