import { type Command, InvalidArgumentError } from 'commander';
import type { UsageLimits } from '../service/keys/api-key.ts';
import type { BudgetChanges, LimitChanges } from '../service/keys/key-policy.ts';
import { nanoPerUnit } from '../service/limits/model-price.ts';
import { parseDuration } from './parse-duration.ts';

/** Not null: commander takes that for an option without a value. */
type Count = number | 'none';

export interface PolicyFlags {
  readonly requestsPerMinute?: Count;
  readonly requestsPerDay?: Count;
  readonly tokensPerMinute?: Count;
  readonly tokensPerDay?: Count;
  readonly concurrentRequests?: Count;
  readonly budgetAmount?: Count;
  readonly budgetCurrency?: string;
  readonly budgetTokens?: Count;
  readonly budgetPeriod?: 'day' | 'week' | 'month' | 'total';
  readonly budgetTimeZone?: string;
  readonly budgetOverrideAmount?: Count;
  readonly budgetOverrideTokens?: Count;
  /** Milliseconds from now. */
  readonly budgetOverrideFor?: number;
  /** False: take it away. */
  readonly budget?: boolean;
  readonly metadata?: readonly string[];
}

/** The options of what keys and projects may use, for commands that make one or change one. */
export function addPolicyOptions(command: Command, isChange: boolean): Command {
  const none = isChange ? ', or none' : '';
  const count = isChange ? parseCountOrNone : parseCount;
  const amount = isChange ? parseAmountOrNone : parseAmount;
  command
    .option('--requests-per-minute <count>', `requests that may start in 60 seconds${none}`, count)
    .option('--requests-per-day <count>', `requests that may start in 24 hours${none}`, count)
    .option('--tokens-per-minute <count>', `tokens in 60 seconds${none}`, count)
    .option('--tokens-per-day <count>', `tokens in 24 hours${none}`, count)
    .option('--concurrent-requests <count>', `requests at the same time${none}`, count)
    .option('--budget-amount <amount>', `money for each period of the budget${none}`, amount)
    .option('--budget-currency <code>', 'its currency, such as EUR; USD unless it is given')
    .option('--budget-tokens <count>', `tokens for each period of the budget${none}`, count)
    .option('--budget-period <period>', 'day, week, month or total', parsePeriod)
    .option(
      '--budget-time-zone <name>',
      'where a period begins, such as Europe/Berlin; UTC unless it is given',
    )
    .option('--metadata <key=value>', 'a pair of your own; may be repeated', collect, []);
  if (isChange) {
    command
      .option('--budget-override-amount <amount>', 'raise the amount for a time', parseAmount)
      .option('--budget-override-tokens <count>', 'raise the tokens for a time', parseCount)
      .option('--budget-override-for <duration>', 'for how long, such as 12h or 3d', parseDuration)
      .option('--no-budget', 'take the budget away');
  }
  return command;
}

export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

export function toLimitChanges(flags: PolicyFlags): LimitChanges {
  const { requestsPerMinute, requestsPerDay, tokensPerMinute, tokensPerDay, concurrentRequests } = flags;
  return {
    requestsPerMinute: toChange(requestsPerMinute),
    requestsPerDay: toChange(requestsPerDay),
    tokensPerMinute: toChange(tokensPerMinute),
    tokensPerDay: toChange(tokensPerDay),
    concurrentRequests: toChange(concurrentRequests),
  };
}

/** A new key or project has nothing to take away. */
export function toNewLimits(flags: PolicyFlags): UsageLimits {
  const given = Object.entries(toLimitChanges(flags)).filter(([, value]) => typeof value === 'number');
  return Object.fromEntries(given);
}

/** Undefined: no option of a budget was given. */
export function toBudgetChanges(flags: PolicyFlags, nowMs: number): BudgetChanges | null | undefined {
  if (flags.budget === false) return null;
  const changes: BudgetChanges = {
    amountNano: toNano(flags.budgetAmount),
    currency: flags.budgetCurrency,
    tokens: toChange(flags.budgetTokens),
    period: flags.budgetPeriod,
    timeZone: flags.budgetTimeZone,
    override: toOverride(flags, nowMs),
  };
  return Object.values(changes).every((value) => value === undefined) ? undefined : changes;
}

function toOverride(flags: PolicyFlags, nowMs: number): BudgetChanges['override'] {
  const { budgetOverrideFor: durationMs, budgetOverrideTokens: tokens } = flags;
  const amountNano = toNano(flags.budgetOverrideAmount);
  const isGiven = typeof amountNano === 'number' || typeof tokens === 'number';
  if (durationMs === undefined && !isGiven) return undefined;
  if (durationMs === undefined || !isGiven) {
    throw new InvalidArgumentError(
      'A budget is raised with --budget-override-for and an amount, tokens or both.',
    );
  }
  return {
    untilMs: nowMs + durationMs,
    ...(typeof amountNano === 'number' ? { amountNano } : {}),
    ...(typeof tokens === 'number' ? { tokens } : {}),
  };
}

/** `a=b` pairs; undefined where none was given. */
export function toMetadataPairs({
  metadata = [],
}: PolicyFlags): Readonly<Record<string, string>> | undefined {
  if (metadata.length === 0) return undefined;
  return Object.fromEntries(
    metadata.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InvalidArgumentError('Write metadata as key=value.');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function toNano(amount: Count | undefined): number | null | undefined {
  return typeof amount === 'number' ? Math.round(amount * nanoPerUnit) : toChange(amount);
}

function toChange(count: Count | undefined): number | null | undefined {
  return count === 'none' ? null : count;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Write a whole number of at least 1.');
  return Number(text);
}

function parseAmount(text: string): number {
  if (!/^\d{1,7}(?:\.\d{1,9})?$/.test(text) || Number(text) === 0) {
    throw new InvalidArgumentError('Write an amount such as 20 or 12.50, with at most 9 decimals.');
  }
  return Number(text);
}

function parseCountOrNone(text: string): Count {
  return text === 'none' ? text : parseCount(text);
}

function parseAmountOrNone(text: string): Count {
  return text === 'none' ? text : parseAmount(text);
}

function parsePeriod(text: string): PolicyFlags['budgetPeriod'] {
  switch (text) {
    case 'day':
    case 'week':
    case 'month':
    case 'total':
      return text;
    default:
      throw new InvalidArgumentError('Write day, week, month or total.');
  }
}
