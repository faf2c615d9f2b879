import { limitNames } from '../api/key-wire.ts';
import type { BudgetUse, OwnKey } from '../api/wire.ts';
import { limitTitles, periodTitles } from '../keys/limit-texts.ts';
import { formatCount, formatDurationMs, formatMoney, formatRelativeTime } from '../ui/format.ts';

/** Of requests that a budget refused. */
const budgetCode = 'insufficient_quota';

/** Of requests that a limit or a budget refused. */
export const limitCodes: readonly string[] = ['rate_limit_exceeded', budgetCode];

const askOperator = 'Ask the operator of this server to raise it.';

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
export function listReached(
  key: OwnKey,
  isWanted: (card: LimitCard) => boolean = () => true,
): readonly string[] {
  return toLimitCards(key)
    .filter((card) => card.isReached && isWanted(card))
    .map(({ title, limitText, resetText, owner, isBudget }) => {
      const whose = toOwnerText(owner);
      const text = isBudget
        ? `The budget of ${whose} is spent (${limitText}, ${title.toLowerCase()}). Requests are refused.`
        : `The limit of ${whose} is reached: ${limitText}, ${title.toLowerCase()}.`;
      return `${text} ${resetText ?? (isBudget ? askOperator : 'Wait until a request has ended.')}`;
    });
}

/** In words, why a request of the key was refused with this code of the API: what is reached, and what is left of budgets. */
export function explainRefusal(key: OwnKey, code: string): readonly string[] {
  const isOfBudget = code === budgetCode;
  const reached = listReached(key, (card) => card.isBudget === isOfBudget);
  if (!isOfBudget || reached.length > 0) return reached;
  return toLimitCards(key)
    .filter(({ isBudget }) => isBudget)
    .map(({ title, limitText, remainingText, resetText, owner }) =>
      [
        `The budget of ${toOwnerText(owner)} (${limitText}, ${title.toLowerCase()}) has ${remainingText} left, and this request may cost more.`,
        resetText ?? askOperator,
      ].join(' '),
    );
}

function toOwnerText(owner: LimitCard['owner']): string {
  return owner === 'project' ? 'all keys of the project together' : 'this key';
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
