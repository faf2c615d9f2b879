// What a form of a key or a project holds while it is edited: texts, as they are typed.
import { type Budget, type BudgetPeriod, type LimitName, limitNames, type Policy } from '../api/key-wire.ts';
import { toLocalText, toUnixSeconds } from './local-time.ts';

export interface MetadataPair {
  /** Of the row in the form. */
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

export interface BudgetDraft {
  /** Empty: there is no budget. */
  readonly period: BudgetPeriod | '';
  readonly amount: string;
  readonly currency: string;
  readonly tokens: string;
  readonly timeZone: string;
  readonly hasOverride: boolean;
  readonly overrideAmount: string;
  readonly overrideTokens: string;
  readonly overrideUntil: string;
}

export interface PolicyDraft {
  readonly name: string;
  readonly limits: Readonly<Record<LimitName, string>>;
  readonly budget: BudgetDraft;
  readonly metadata: readonly MetadataPair[];
}

export function toPolicyDraft(policy: Policy | undefined): PolicyDraft {
  const limits = Object.fromEntries(limitNames.map((name) => [name, toText(policy?.limits[name])]));
  const metadata = Object.entries(policy?.metadata ?? {});
  return {
    name: policy?.name ?? '',
    limits: limits as PolicyDraft['limits'],
    budget: toBudgetDraft(policy?.budget ?? null),
    metadata: metadata.map(([key, value], id) => ({ id, key, value })),
  };
}

export function toPolicyBody({ name, limits, budget, metadata }: PolicyDraft) {
  return {
    name: name.trim(),
    limits: Object.fromEntries(limitNames.map((limit) => [limit, toNumber(limits[limit])])),
    budget: toBudgetBody(budget),
    metadata: Object.fromEntries(
      metadata.filter(({ key, value }) => key !== '' || value !== '').map(({ key, value }) => [key, value]),
    ),
  };
}

/**
 * An empty field is no value. What is not a number stays a text, which the server refuses by the name of the field: so it
 * has the only rules.
 */
export function toNumber(text: string): number | string | null {
  const digits = text.replace(/[\s_]/g, '');
  if (digits === '') return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(digits) ? Number(digits) : text;
}

function toBudgetDraft(budget: Budget | null): BudgetDraft {
  const override = budget?.override ?? null;
  return {
    period: budget?.period ?? '',
    amount: toText(budget?.amount),
    currency: budget?.currency ?? '',
    tokens: toText(budget?.tokens),
    timeZone: budget?.time_zone ?? '',
    hasOverride: override !== null,
    overrideAmount: toText(override?.amount),
    overrideTokens: toText(override?.tokens),
    overrideUntil: override === null ? '' : toLocalText(override.until),
  };
}

function toBudgetBody(draft: BudgetDraft) {
  if (draft.period === '') return null;
  const amount = toNumber(draft.amount);
  return {
    period: draft.period,
    amount,
    // A currency belongs to an amount.
    currency: amount === null ? null : draft.currency.trim() || null,
    tokens: toNumber(draft.tokens),
    time_zone: draft.timeZone.trim() || null,
    override: draft.hasOverride
      ? {
          amount: toNumber(draft.overrideAmount),
          tokens: toNumber(draft.overrideTokens),
          until: toUnixSeconds(draft.overrideUntil),
        }
      : null,
  };
}

function toText(number: number | null | undefined): string {
  return number === null || number === undefined ? '' : String(number);
}
