// The limits and budgets of a key, with their current use: the holder of the key may see them.
import type { Budget } from '../../store/key-policy.ts';
import {
  type SubjectKind,
  type SubjectUse,
  toSubjectKind,
  type UsageStore,
} from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { toPeriodSpan } from './budget-period.ts';
import { type LimitName, nothingUsed, type UsedSubject } from './decide.ts';
import { type ActiveBudget, listLimitedSubjects } from './limited-subject.ts';
import { findTightest, type RateLimitFigure, toFigure } from './rate-limit-figures.ts';
import { windowLimitNames, windowLimits } from './window-limits.ts';

export type CountedLimit = Exclude<LimitName, 'budget'>;

export interface LimitUse extends RateLimitFigure {
  /** More than the limit where running answers grew past it. */
  readonly used: number;
  readonly owner: SubjectKind;
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
  const questions = subjects.map(({ subject, budget }) => ({ subject, period: budget?.periodName }));
  const uses = questions.length === 0 ? [] : await store.readUse(questions);
  const used = subjects.map((subject, index) => ({ subject, use: uses[index] ?? nothingUsed }));
  const budgetOf = (owner: SubjectKind, budget: Budget | undefined) => {
    const found = used.find(({ subject }) => toSubjectKind(subject.subject) === owner);
    if (budget === undefined || found?.subject.budget === undefined) return undefined;
    return toBudgetUse(found.subject.budget, found.use, toPeriodSpan(budget, nowMs).endsAtMs);
  };
  return {
    limits: toLimitUses(used),
    budget: budgetOf('key', key.budget),
    projectBudget: budgetOf('project', key.projectBudget),
  };
}

function toLimitUses(used: readonly UsedSubject[]): KeyUse['limits'] {
  const windows = windowLimitNames.map((name) => {
    const { width, counts } = windowLimits[name];
    const uses = used.flatMap((each) =>
      toFigure(each, name).map((figure) => ({
        ...figure,
        used: each.use[width][counts],
        owner: toSubjectKind(each.subject.subject),
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
  return [{ limit, used: openRequests, remaining, resetMs: 0, owner: toSubjectKind(subject.subject) }];
}

function toBudgetUse(
  { amountNano, currency, tokens }: ActiveBudget,
  use: SubjectUse,
  endsAtMs: number | undefined,
): BudgetUse {
  return {
    amountNano: toSpent(amountNano, use.spentNano + use.reservedNano),
    currency,
    tokens: toSpent(tokens, use.spentTokens + use.reservedTokens),
    endsAtMs,
  };
}

function toSpent(limit: number | undefined, used: number): SpentAmount | undefined {
  return limit === undefined ? undefined : { limit, used };
}
