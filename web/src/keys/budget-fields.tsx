import { Checkbox } from '../ui/checkbox.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { FieldGrid, Fieldset } from '../ui/fieldset.tsx';
import { Select } from '../ui/select.tsx';
import { DateTimeField } from './date-time-field.tsx';
import type { FormErrors } from './form-errors.ts';
import type { BudgetDraft } from './policy-draft.ts';

export interface BudgetFieldsProps {
  readonly budget: BudgetDraft;
  readonly errors: FormErrors;
  readonly onChange: (budget: BudgetDraft) => void;
}

const periods = [
  { value: 'none', label: 'No budget' },
  { value: 'day', label: 'Each day' },
  { value: 'week', label: 'Each week, from Monday' },
  { value: 'month', label: 'Each month' },
  { value: 'total', label: 'In total' },
];

/** The fields of a budget that are texts. */
type TextName = Exclude<keyof BudgetDraft, 'period' | 'hasOverride'>;

export function BudgetFields({ budget, errors, onChange }: BudgetFieldsProps) {
  const change = (part: Partial<BudgetDraft>) => onChange({ ...budget, ...part });
  const input = (name: TextName, field: string, label: string, placeholder: string) => (
    <BudgetInput
      label={label}
      placeholder={placeholder}
      value={budget[name]}
      error={errors.at(field)}
      onChange={(value) => change({ [name]: value })}
    />
  );
  return (
    <Fieldset
      title="Budget"
      help="Money, tokens, or both. When it is spent, requests are refused."
      error={errors.at('budget')}
    >
      <FieldGrid>
        <Field label="Period" error={errors.at('budget.period')}>
          {({ id }) => (
            <Select
              id={id}
              value={budget.period === '' ? 'none' : budget.period}
              options={periods}
              onChange={(next) => change({ period: next === 'none' ? '' : (next as BudgetDraft['period']) })}
            />
          )}
        </Field>
        {budget.period !== '' && (
          <>
            {input('amount', 'budget.amount', 'Amount', 'No amount')}
            {input('currency', 'budget.currency', 'Currency', 'USD')}
            {input('tokens', 'budget.tokens', 'Tokens', 'No number of tokens')}
            {input('timeZone', 'budget.time_zone', 'Time zone', 'UTC')}
          </>
        )}
      </FieldGrid>
      {budget.period !== '' && (
        <>
          <Checkbox
            label="Raise the budget for a time"
            isChecked={budget.hasOverride}
            onChange={(hasOverride) => change({ hasOverride })}
          />
          {budget.hasOverride && (
            <>
              <FieldGrid>
                {input('overrideAmount', 'budget.override.amount', 'Raised amount', 'As before')}
                {input('overrideTokens', 'budget.override.tokens', 'Raised tokens', 'As before')}
              </FieldGrid>
              <DateTimeField
                label="Raised until"
                value={budget.overrideUntil}
                error={errors.at('budget.override.until') ?? errors.at('budget.override')}
                choices={[1, 3, 7]}
                onChange={(overrideUntil) => change({ overrideUntil })}
              />
            </>
          )}
        </>
      )}
    </Fieldset>
  );
}

interface BudgetInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function BudgetInput({ label, placeholder, value, error, onChange }: BudgetInputProps) {
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <TextInput
          {...attributes}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
