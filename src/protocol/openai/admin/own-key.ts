// What the holder of a key may know of it.
import { z } from 'zod';
import { keyScopes } from './key-requests.ts';
import { nanoPerUnit } from './policy-conversions.ts';
import { budgetPeriods } from './policy-fields.ts';
import { toOptionalSeconds } from './wire-key.ts';

const count = z.int().min(0);

const limitUseSchema = z
  .object({
    limit: count,
    used: count.describe('Tokens of running answers are counted as they are reserved.'),
    remaining: count,
    reset_seconds: count.nullable().describe('Until all of it is there again. Null: no clock knows.'),
    owner: z.enum(['key', 'project']).describe('Whose limit it is: the one with the least that remains.'),
  })
  .meta({ id: 'LimitUse' });

const spent = <Amount extends z.ZodType>(amount: Amount) =>
  z.object({
    limit: amount,
    used: amount.describe('Spent, and reserved by running requests.'),
    remaining: amount,
  });

const budgetUseSchema = z
  .object({
    period: z.enum(budgetPeriods),
    currency: z.string().nullable(),
    amount: spent(z.number().min(0)).nullable().describe('Null: money is not counted.'),
    tokens: spent(count).nullable().describe('Null: tokens are not counted.'),
    resets_at: z.int().nullable().describe('Unix time in seconds. Null: never.'),
  })
  .meta({ id: 'BudgetUse' });

const limitUse = limitUseSchema.nullable();

export const ownKeySchema = z
  .object({
    object: z.literal('key.use'),
    id: z.string(),
    name: z.string(),
    project: z.string().describe('Id of its project.'),
    scopes: z.array(z.enum(keyScopes)),
    models: z.array(z.string()).nullable().describe('Names, or patterns with `*`. Null: all.'),
    limits: z
      .object({
        requests_per_minute: limitUse,
        requests_per_day: limitUse,
        tokens_per_minute: limitUse,
        tokens_per_day: limitUse,
        concurrent_requests: limitUse,
      })
      .describe('Null where neither the key nor its project has such a limit.'),
    budget: budgetUseSchema.nullable().describe('Of the key.'),
    project_budget: budgetUseSchema.nullable().describe('Of all keys of the project together.'),
  })
  .meta({ id: 'OwnKey' });

export type OwnKey = z.infer<typeof ownKeySchema>;
type Period = z.infer<typeof budgetUseSchema>['period'];

export interface ShownOwnKey {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly scopes: readonly OwnKey['scopes'][number][];
  readonly models: readonly string[] | undefined;
  readonly budget: { readonly period: Period } | undefined;
  readonly projectBudget: { readonly period: Period } | undefined;
}

interface ShownLimitUse {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetMs: number;
  readonly owner: 'key' | 'project';
}

interface ShownAmount {
  readonly limit: number;
  readonly used: number;
}

interface ShownBudgetUse {
  readonly amountNano: ShownAmount | undefined;
  readonly currency: string | undefined;
  readonly tokens: ShownAmount | undefined;
  readonly endsAtMs: number | undefined;
}

export interface ShownKeyUse {
  readonly limits: {
    readonly requestsPerMinute?: ShownLimitUse;
    readonly requestsPerDay?: ShownLimitUse;
    readonly tokensPerMinute?: ShownLimitUse;
    readonly tokensPerDay?: ShownLimitUse;
    readonly concurrentRequests?: ShownLimitUse;
  };
  readonly budget: ShownBudgetUse | undefined;
  readonly projectBudget: ShownBudgetUse | undefined;
}

export function toOwnKey(key: ShownOwnKey, { limits, budget, projectBudget }: ShownKeyUse): OwnKey {
  const { concurrentRequests } = limits;
  return {
    object: 'key.use',
    id: key.id,
    name: key.name,
    project: key.projectId,
    scopes: [...key.scopes],
    models: key.models === undefined ? null : [...key.models],
    limits: {
      requests_per_minute: toLimitUse(limits.requestsPerMinute),
      requests_per_day: toLimitUse(limits.requestsPerDay),
      tokens_per_minute: toLimitUse(limits.tokensPerMinute),
      tokens_per_day: toLimitUse(limits.tokensPerDay),
      concurrent_requests: concurrentRequests
        ? { ...toFigures(concurrentRequests), reset_seconds: null }
        : null,
    },
    budget: toBudgetUse(key.budget, budget),
    project_budget: toBudgetUse(key.projectBudget, projectBudget),
  };
}

function toLimitUse(use: ShownLimitUse | undefined): z.infer<typeof limitUse> {
  return use === undefined ? null : { ...toFigures(use), reset_seconds: Math.ceil(use.resetMs / 1000) };
}

function toFigures({ limit, used, remaining, owner }: ShownLimitUse) {
  return { limit, used, remaining, owner };
}

function toBudgetUse(
  budget: { readonly period: Period } | undefined,
  use: ShownBudgetUse | undefined,
): z.infer<typeof budgetUseSchema> | null {
  if (budget === undefined || use === undefined) return null;
  const { amountNano, currency, tokens, endsAtMs } = use;
  return {
    period: budget.period,
    currency: currency ?? null,
    amount: toSpent(amountNano, nanoPerUnit),
    tokens: toSpent(tokens, 1),
    resets_at: toOptionalSeconds(endsAtMs),
  };
}

/** Subtracted before the division, which is exact to the last decimal that way. */
function toSpent(amount: ShownAmount | undefined, unit: number) {
  if (amount === undefined) return null;
  const { limit, used } = amount;
  return { limit: limit / unit, used: used / unit, remaining: Math.max(0, limit - used) / unit };
}
