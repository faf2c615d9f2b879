import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { toLocalText } from './local-time.ts';

export interface DateTimeFieldProps {
  readonly label: string;
  /** In the time zone of the browser; empty: none. */
  readonly value: string;
  readonly error: string | undefined;
  /** Days from now that a click chooses. */
  readonly choices: readonly number[];
  /** The name of no time, if that can be chosen. */
  readonly none?: string;
  readonly onChange: (value: string) => void;
}

export function DateTimeField({ label, value, error, choices, none, onChange }: DateTimeFieldProps) {
  const choose = (days: number) => onChange(toLocalText(Date.now() / 1000 + days * 86_400));
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <div className="date-time">
          <TextInput
            {...attributes}
            type="datetime-local"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <fieldset className="date-time-choices">
            <legend className="unseen">{label}: from now</legend>
            {choices.map((days) => (
              <Button key={days} size="s" onClick={() => choose(days)}>
                {days === 365 ? '1 year' : days === 1 ? '1 day' : `${days} days`}
              </Button>
            ))}
            {none !== undefined && (
              <Button size="s" onClick={() => onChange('')}>
                {none}
              </Button>
            )}
          </fieldset>
        </div>
      )}
    </Field>
  );
}
