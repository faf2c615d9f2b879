import type { Budget, UsageLimits } from '../../store/key-policy.ts';
import type { UsageSubject } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import { toPeriodName } from './budget-period.ts';

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

/** The key first, then its project; without those that have neither limits nor a budget. */
export function listLimitedSubjects(key: KeyIdentity, nowMs: number): readonly LimitedSubject[] {
  return [
    toLimitedSubject(`key:${key.id}`, key.limits, key.budget, nowMs),
    toLimitedSubject(`project:${key.projectId}`, key.projectLimits, key.projectBudget, nowMs),
  ].filter(({ limits, budget }) => budget !== undefined || Object.keys(limits).length > 0);
}

function toLimitedSubject(
  subject: UsageSubject,
  limits: UsageLimits,
  budget: Budget | undefined,
  nowMs: number,
): LimitedSubject {
  return { subject, limits, budget: budget && toActiveBudget(budget, nowMs) };
}

export function toActiveBudget(budget: Budget, nowMs: number): ActiveBudget {
  const { amountNano, currency, tokens, override } = budget;
  const active: Pick<Budget, 'amountNano' | 'tokens'> =
    override !== undefined && nowMs < override.untilMs ? override : {};
  return {
    ...withDefined('amountNano', active.amountNano ?? amountNano),
    ...withDefined('tokens', active.tokens ?? tokens),
    ...withDefined('currency', currency),
    periodName: toPeriodName(budget, nowMs),
  };
}

function withDefined<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
