import { limitNames } from '../api/key-wire.ts';
import type { BudgetUse, OwnKey } from '../api/wire.ts';
import { limitTitles, periodTitles } from '../keys/limit-texts.ts';
import { formatCount, formatDurationMs, formatMoney, formatRelativeTime } from '../ui/format.ts';

/** A limit or a budget, with what is left of it. */
export interface LimitCard {
  readonly title: string;
  readonly used: number;
  readonly limit: number;
  readonly usedText: string;
  readonly limitText: string;
  readonly remainingText: string;
  /** When there is room again. Undefined: no clock knows. */
  readonly resetText: string | undefined;
  readonly owner: 'key' | 'project';
  readonly isReached: boolean;
  readonly isBudget: boolean;
}

export function toLimitCards(key: OwnKey): readonly LimitCard[] {
  const limits = limitNames.flatMap((name): LimitCard[] => {
    const use = key.limits[name];
    if (use === null) return [];
    const { limit, used, remaining, reset_seconds: resetSeconds, owner } = use;
    return [
      {
        title: limitTitles[name],
        used,
        limit,
        usedText: formatCount(used),
        limitText: formatCount(limit),
        remainingText: formatCount(remaining),
        resetText:
          resetSeconds === null || used === 0
            ? undefined
            : `All of it is there again in ${formatDurationMs(resetSeconds * 1000)}.`,
        owner,
        isReached: remaining === 0,
        isBudget: false,
      },
    ];
  });
  return [...limits, ...toBudgetCards(key.budget, 'key'), ...toBudgetCards(key.project_budget, 'project')];
}

/** In words, what stops the requests of the key now. */
export function listReached(key: OwnKey): readonly string[] {
  return toLimitCards(key)
    .filter(({ isReached }) => isReached)
    .map(({ title, limitText, resetText, owner, isBudget }) => {
      const whose = owner === 'project' ? 'all keys of the project together' : 'this key';
      const text = isBudget
        ? `The budget of ${whose} is spent (${limitText}, ${title.toLowerCase()}). Requests are refused.`
        : `The limit of ${whose} is reached: ${limitText}, ${title.toLowerCase()}.`;
      return `${text} ${resetText ?? (isBudget ? 'Ask the operator of this server to raise it.' : 'Wait until a request has ended.')}`;
    });
}

function toBudgetCards(budget: BudgetUse | null, owner: 'key' | 'project'): readonly LimitCard[] {
  if (budget === null) return [];
  const { amount, tokens, currency, period, resets_at: resetsAt } = budget;
  const money = (value: number) => formatMoney(value, currency ?? 'USD');
  const toCard = (
    what: string,
    use: NonNullable<BudgetUse['amount']>,
    format: (value: number) => string,
  ): LimitCard => ({
    title: `${what} ${periodTitles[period]}`,
    used: use.used,
    limit: use.limit,
    usedText: format(use.used),
    limitText: format(use.limit),
    remainingText: format(use.remaining),
    resetText: resetsAt === null ? undefined : `It begins again ${formatRelativeTime(resetsAt)}.`,
    owner,
    isReached: use.remaining === 0,
    isBudget: true,
  });
  return [
    ...(amount === null ? [] : [toCard('Money', amount, money)]),
    ...(tokens === null ? [] : [toCard('Tokens', tokens, formatCount)]),
  ];
}
