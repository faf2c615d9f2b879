import type { Budget, UsageLimits } from '../../store/key-policy.ts';
import type { UsageSubject } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { type Calendars, toPeriodName } from './budget-period.ts';

/** A key or a project that has limits or a budget. */
export interface LimitedSubject {
  readonly subject: UsageSubject;
  readonly limits: UsageLimits;
  readonly budget: ActiveBudget | undefined;
}

/** A budget as it is now, its override included. */
export interface ActiveBudget extends Pick<Budget, 'amountNano' | 'currency' | 'tokens'> {
  readonly periodName: string;
}

interface SubjectPolicy extends Pick<LimitedSubject, 'subject' | 'limits'> {
  readonly budget: Budget | undefined;
}

/** The key first, then its project; without those that have neither limits nor a budget. */
export function listLimitedSubjects(
  key: KeyIdentity,
  nowMs: number,
  calendars?: Calendars,
): readonly LimitedSubject[] {
  return listPolicies(key).map(({ subject, limits, budget }) => ({
    subject,
    limits,
    budget: budget && toActiveBudget(budget, nowMs, calendars),
  }));
}

/** The same with budgets as they were set: their period takes a look at a calendar. */
export function listPolicies(key: KeyIdentity): readonly SubjectPolicy[] {
  const policies: readonly SubjectPolicy[] = [
    { subject: `key:${key.id}`, limits: key.limits, budget: key.budget },
    { subject: `project:${key.projectId}`, limits: key.projectLimits, budget: key.projectBudget },
  ];
  return policies.filter(({ limits, budget }) => budget !== undefined || Object.keys(limits).length > 0);
}

export function toActiveBudget(budget: Budget, nowMs: number, calendars?: Calendars): ActiveBudget {
  const { amountNano, currency, tokens, override } = budget;
  const active: Pick<Budget, 'amountNano' | 'tokens'> =
    override !== undefined && nowMs < override.untilMs ? override : {};
  return {
    ...withDefined('amountNano', active.amountNano ?? amountNano),
    ...withDefined('tokens', active.tokens ?? tokens),
    ...withDefined('currency', currency),
    periodName: toPeriodName(budget, nowMs, calendars),
  };
}

function withDefined<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
