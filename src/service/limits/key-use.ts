// The limits and budgets of a key, with their current use: the holder of the key may see them.
import type { SubjectUse, UsageStore } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { type LimitName, nothingUsed, type UsedSubject } from './decide.ts';
import { type ActiveBudget, listLimitedSubjects } from './limited-subject.ts';
import { findTightest, type RateLimitFigure, toFigure } from './rate-limit-figures.ts';

export type CountedLimit = Exclude<LimitName, 'budget'>;

/** Whose limit it is. */
export type LimitOwner = 'key' | 'project';

export interface LimitUse extends RateLimitFigure {
  /** More than the limit where running answers grew past it. */
  readonly used: number;
  readonly owner: LimitOwner;
}

export interface SpentAmount {
  readonly limit: number;
  /** Spent in the period, and reserved by what runs. */
  readonly used: number;
}

/** A budget as it is now, its override included. */
export interface BudgetUse {
  /** Billionths of the currency; undefined: money is not counted. */
  readonly amountNano: SpentAmount | undefined;
  readonly currency: string | undefined;
  readonly tokens: SpentAmount | undefined;
  /** Milliseconds since 1970; undefined: it never ends. */
  readonly endsAtMs: number | undefined;
}

export interface KeyUse {
  /** Of the limits of the key and its project the one with the least that remains. */
  readonly limits: { readonly [Name in CountedLimit]?: LimitUse };
  readonly budget: BudgetUse | undefined;
  readonly projectBudget: BudgetUse | undefined;
}

/** Without a query where the key has neither limits nor budgets. @throws StoreError */
export async function readKeyUse(
  store: Pick<UsageStore, 'readUse'>,
  key: KeyIdentity,
  nowMs: number,
): Promise<KeyUse> {
  const subjects = listLimitedSubjects(key, nowMs);
  const questions = subjects.map(({ subject, budget }) => ({ subject, period: budget?.period.name }));
  const uses = questions.length === 0 ? [] : await store.readUse(questions);
  const used = subjects.map((subject, index) => ({ subject, use: uses[index] ?? nothingUsed }));
  const budgetOf = (owner: LimitOwner) => {
    const found = used.find(({ subject }) => toOwner(subject) === owner);
    return found?.subject.budget && toBudgetUse(found.subject.budget, found.use);
  };
  return {
    limits: toLimitUses(used),
    budget: budgetOf('key'),
    projectBudget: budgetOf('project'),
  };
}

const countedLimits = {
  requestsPerMinute: { width: 'minute', counts: 'requests' },
  requestsPerDay: { width: 'day', counts: 'requests' },
  tokensPerMinute: { width: 'minute', counts: 'tokens' },
  tokensPerDay: { width: 'day', counts: 'tokens' },
} as const;

function toLimitUses(used: readonly UsedSubject[]): KeyUse['limits'] {
  const windows = (Object.keys(countedLimits) as (keyof typeof countedLimits)[]).map((name) => {
    const { width, counts } = countedLimits[name];
    const uses = used.flatMap(({ subject, use }) =>
      toFigure(subject.limits[name], use, width, counts).map((figure) => ({
        ...figure,
        used: use[width][counts],
        owner: toOwner(subject),
      })),
    );
    return [name, findTightest(uses)] as const;
  });
  const all = [...windows, ['concurrentRequests', findTightest(used.flatMap(toConcurrencyUse))] as const];
  return Object.fromEntries(all.filter(([, use]) => use !== undefined));
}

/** It has room again when a request ends, of which no clock knows. */
function toConcurrencyUse({ subject, use: { openRequests } }: UsedSubject): readonly LimitUse[] {
  const limit = subject.limits.concurrentRequests;
  if (limit === undefined) return [];
  const remaining = Math.max(0, limit - openRequests);
  return [{ limit, used: openRequests, remaining, resetMs: 0, owner: toOwner(subject) }];
}

function toBudgetUse(budget: ActiveBudget, use: SubjectUse): BudgetUse {
  const { amountNano, currency, tokens, period } = budget;
  return {
    amountNano: toSpent(amountNano, use.spentNano + use.reservedNano),
    currency,
    tokens: toSpent(tokens, use.spentTokens + use.reservedTokens),
    endsAtMs: period.endsAtMs,
  };
}

function toSpent(limit: number | undefined, used: number): SpentAmount | undefined {
  return limit === undefined ? undefined : { limit, used };
}

function toOwner({ subject }: UsedSubject['subject']): LimitOwner {
  return subject.startsWith('key:') ? 'key' : 'project';
}
