import type { BudgetAmounts, SpentPeriod } from '../../store/budget-notice-store.ts';

type Spent = Pick<SpentPeriod, 'spentNano' | 'spentTokens' | 'noticed'>;

/**
 * The limits of a budget of which `percent` is spent and which were not reported yet. A limit that was raised in the
 * period is a new one; one that fell is not.
 */
export function listPassedLimits(limits: BudgetAmounts, spent: Spent, percent: number): BudgetAmounts {
  const { amountNano, tokens } = limits;
  const { spentNano, spentTokens, noticed } = spent;
  return {
    ...(isPassed(amountNano, spentNano, noticed.amountNano, percent) ? { amountNano } : {}),
    ...(isPassed(tokens, spentTokens, noticed.tokens, percent) ? { tokens } : {}),
  };
}

function isPassed(
  limit: number | undefined,
  spent: number,
  noticed: number,
  percent: number,
): limit is number {
  if (limit === undefined || limit <= noticed) return false;
  // Billionths times a hundred exceed what a number holds exactly.
  return BigInt(spent) * 100n >= BigInt(limit) * BigInt(percent);
}
