// The body of the webhook that reports a budget.
import { z } from 'zod';
import { nanoPerUnit, type ShownBudget, toShownBudgetFields } from './policy-conversions.ts';
import { shownBudgetSchema } from './policy-fields.ts';
import { toOptionalSeconds } from './wire-key.ts';

export const budgetNoticeType = 'budget.soft_limit_passed';

export const budgetNoticeSchema = z
  .object({
    type: z.literal(budgetNoticeType),
    timestamp: z.iso.datetime().describe('When the server saw it.'),
    data: z.object({
      object: z.enum(['key', 'project']).describe('Whose budget it is.'),
      id: z.string(),
      name: z.string(),
      soft_limit_percent: z.int(),
      passed: z.array(z.enum(['amount', 'tokens'])).describe('The parts of the budget that passed it.'),
      budget: shownBudgetSchema.omit({ override: true }).describe('As it is now, its override included.'),
      spent: z.object({ amount: z.number(), tokens: z.int() }).describe('In the period.'),
      resets_at: z.int().nullable().describe('Unix time in seconds. Null: never.'),
    }),
  })
  .meta({ id: 'BudgetNotice' });

export type BudgetNoticeBody = z.infer<typeof budgetNoticeSchema>;

export interface ShownNotice {
  readonly owner: 'key' | 'project';
  readonly id: string;
  readonly name: string;
  readonly percent: number;
  readonly passed: { readonly amountNano?: number; readonly tokens?: number };
  readonly budget: Omit<ShownBudget, 'override'>;
  readonly spentNano: number;
  readonly spentTokens: number;
  readonly endsAtMs: number | undefined;
  readonly atMs: number;
}

export function toBudgetNoticeBody(notice: ShownNotice): BudgetNoticeBody {
  const { owner, id, name, percent, passed, budget, spentNano, spentTokens, endsAtMs, atMs } = notice;
  return {
    type: budgetNoticeType,
    timestamp: new Date(atMs).toISOString(),
    data: {
      object: owner,
      id,
      name,
      soft_limit_percent: percent,
      passed: [
        ...(passed.amountNano === undefined ? [] : (['amount'] as const)),
        ...(passed.tokens === undefined ? [] : (['tokens'] as const)),
      ],
      budget: toShownBudgetFields(budget),
      spent: { amount: spentNano / nanoPerUnit, tokens: spentTokens },
      resets_at: toOptionalSeconds(endsAtMs),
    },
  };
}
