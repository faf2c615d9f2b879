import type { Budget, UsageLimits } from '../../store/key-policy.ts';
import { KeyServiceError } from './key-service-error.ts';

/** New values of some members; null takes one away. */
export type LimitChanges = { readonly [Name in keyof UsageLimits]?: UsageLimits[Name] | null | undefined };
export type BudgetChanges = { readonly [Name in keyof Budget]?: Budget[Name] | null | undefined };

/** The currency of an amount that comes without one. */
const currencyDefault = 'USD';

export function mergeLimits(limits: UsageLimits, changes: LimitChanges | null | undefined): UsageLimits {
  if (changes === undefined) return limits;
  return changes === null ? {} : withoutNulls({ ...limits, ...onlyGiven(changes) });
}

/** @throws KeyServiceError where a budget comes without a period, or its override would be over at once. */
export function mergeBudget(
  budget: Budget | undefined,
  changes: BudgetChanges | null | undefined,
  nowMs: number,
): Budget | undefined {
  if (changes === undefined) return budget;
  if (changes === null) return undefined;
  const { override, ...merged } = withoutNulls({ ...budget, ...onlyGiven(changes) });
  const { period, amountNano, currency } = merged;
  if (period === undefined) throw new KeyServiceError('invalid_budget', 'A budget has a period.');
  if (changes.override && changes.override.untilMs <= nowMs) {
    throw new KeyServiceError('invalid_budget', 'The override of a budget ends in the future.');
  }
  return {
    ...merged,
    period,
    ...(amountNano !== undefined && currency === undefined ? { currency: currencyDefault } : {}),
    // One that is over would only stand in the way of a higher budget.
    ...(override === undefined || override.untilMs <= nowMs ? {} : { override }),
  };
}

/** What is undefined is no change. */
function onlyGiven<Fields extends object>(fields: Fields): { [Name in keyof Fields]: Fields[Name] } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

type WithoutNulls<Fields> = { [Name in keyof Fields]?: NonNullable<Fields[Name]> };

function withoutNulls<Fields extends object>(fields: Fields): WithoutNulls<Fields> {
  const kept = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as WithoutNulls<Fields>;
}
