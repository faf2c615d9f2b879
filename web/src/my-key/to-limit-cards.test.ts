import { expect, test } from 'vitest';
import type { BudgetUse, LimitUse, OwnKey } from '../api/wire.ts';
import { explainRefusal, listReached } from './to-limit-cards.ts';

const noLimits = {
  requests_per_minute: null,
  requests_per_day: null,
  tokens_per_minute: null,
  tokens_per_day: null,
  concurrent_requests: null,
};

function toKey(limits: Partial<OwnKey['limits']>, budget: BudgetUse | null = null): OwnKey {
  return {
    id: 'key_1',
    name: 'one',
    project: 'default',
    scopes: ['inference'],
    models: null,
    limits: { ...noLimits, ...limits },
    budget: null,
    project_budget: budget,
  };
}

const reached: LimitUse = { limit: 3, used: 3, remaining: 0, reset_seconds: 90, owner: 'key' };
const open: LimitUse = { limit: 100, used: 1, remaining: 99, reset_seconds: 90, owner: 'key' };

const toBudget = (used: number): BudgetUse => ({
  period: 'total',
  currency: null,
  amount: null,
  tokens: { limit: 10, used, remaining: 10 - used },
  resets_at: null,
});

test('a refusal by a limit names what is reached, what it is and when it ends', () => {
  const key = toKey({ requests_per_minute: reached, tokens_per_day: open }, toBudget(10));
  expect(explainRefusal(key, 'rate_limit_exceeded')).toEqual([
    'The limit of this key is reached: 3, requests a minute. All of it is there again in 2 min.',
  ]);
  expect(listReached(key)).toHaveLength(2);
});

test('a refusal by a budget names it, also if some of it is left', () => {
  const spent = toKey({ requests_per_minute: reached }, toBudget(10));
  expect(explainRefusal(spent, 'insufficient_quota')).toEqual([
    'The budget of all keys of the project together is spent (10, tokens in total). Requests are refused. Ask the operator of this server to raise it.',
  ]);
  expect(explainRefusal(toKey({}, toBudget(4)), 'insufficient_quota')).toEqual([
    'The budget of all keys of the project together (10, tokens in total) has 6 left, and this request may cost more. Ask the operator of this server to raise it.',
  ]);
});

test('without a limit nothing is made up', () => {
  expect(explainRefusal(toKey({ tokens_per_day: open }), 'rate_limit_exceeded')).toEqual([]);
  expect(explainRefusal(toKey({}), 'insufficient_quota')).toEqual([]);
});
