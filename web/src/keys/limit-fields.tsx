import { type LimitName, limitNames } from '../api/key-wire.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { FieldGrid, Fieldset } from '../ui/fieldset.tsx';
import type { FormErrors } from './form-errors.ts';
import { limitTitles } from './limit-texts.ts';

export interface LimitFieldsProps {
  readonly limits: Readonly<Record<LimitName, string>>;
  readonly errors: FormErrors;
  readonly onChange: (limits: Readonly<Record<LimitName, string>>) => void;
}

export function LimitFields({ limits, errors, onChange }: LimitFieldsProps) {
  return (
    <Fieldset title="Limits" help="An empty field is no limit." error={errors.at('limits')}>
      <FieldGrid>
        {limitNames.map((name) => (
          <Field key={name} label={limitTitles[name]} error={errors.at(`limits.${name}`)}>
            {(attributes) => (
              <TextInput
                {...attributes}
                inputMode="numeric"
                placeholder="No limit"
                value={limits[name]}
                onChange={(event) => onChange({ ...limits, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </FieldGrid>
    </Fieldset>
  );
}
