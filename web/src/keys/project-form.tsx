import { Field, TextInput } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { BudgetFields } from './budget-fields.tsx';
import { toFormErrors } from './form-errors.ts';
import { LimitFields } from './limit-fields.tsx';
import { MetadataFields } from './metadata-fields.tsx';
import type { PolicyDraft } from './policy-draft.ts';
import { policyFieldNames } from './policy-fields.ts';

export interface ProjectFormProps {
  readonly id: string;
  readonly draft: PolicyDraft;
  readonly error: unknown;
  readonly onChange: (draft: PolicyDraft) => void;
  readonly onSubmit: () => void;
}

export function ProjectForm({ id, draft, error, onChange, onSubmit }: ProjectFormProps) {
  const errors = toFormErrors(error, policyFieldNames);
  const change = (part: Partial<PolicyDraft>) => onChange({ ...draft, ...part });
  return (
    <Form id={id} error={errors.other} onSubmit={onSubmit}>
      <Field label="Name" error={errors.at('name')}>
        {(attributes) => (
          <TextInput
            {...attributes}
            value={draft.name}
            placeholder="Such as team-a"
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <LimitFields limits={draft.limits} errors={errors} onChange={(limits) => change({ limits })} />
      <BudgetFields budget={draft.budget} errors={errors} onChange={(budget) => change({ budget })} />
      <MetadataFields
        pairs={draft.metadata}
        error={errors.at('metadata')}
        onChange={(metadata) => change({ metadata })}
      />
    </Form>
  );
}
