import { type Budget, type LimitName, limitNames } from '../api/key-wire.ts';
import { formatMoney, formatShortCount } from '../ui/format.ts';

export const limitTitles: Readonly<Record<LimitName, string>> = {
  requests_per_minute: 'Requests a minute',
  requests_per_day: 'Requests a day',
  tokens_per_minute: 'Tokens a minute',
  tokens_per_day: 'Tokens a day',
  concurrent_requests: 'Requests at the same time',
};

const shortUnits: Readonly<Record<LimitName, string>> = {
  requests_per_minute: 'req/min',
  requests_per_day: 'req/day',
  tokens_per_minute: 'tok/min',
  tokens_per_day: 'tok/day',
  concurrent_requests: 'at once',
};

/** At a glance, such as `60 req/min`. */
export function toShortLimits(limits: Readonly<Record<LimitName, number | null>>): readonly string[] {
  return limitNames.flatMap((name) => {
    const limit = limits[name];
    return limit === null ? [] : [`${formatShortCount(limit)} ${shortUnits[name]}`];
  });
}

export const periodTitles = { day: 'a day', week: 'a week', month: 'a month', total: 'in total' } as const;

/** Such as `$20 a month`. */
export function toShortBudget(budget: Pick<Budget, 'amount' | 'currency' | 'tokens' | 'period'>): string {
  const { amount, currency, tokens, period } = budget;
  const parts = [
    amount === null ? undefined : formatMoney(amount, currency ?? 'USD'),
    tokens === null ? undefined : `${formatShortCount(tokens)} tokens`,
  ].filter((part) => part !== undefined);
  return `${parts.join(' and ')} ${periodTitles[period]}`;
}
