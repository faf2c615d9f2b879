import { useQuery } from '@tanstack/react-query';
import type { KeyScope, Project } from '../api/key-wire.ts';
import { modelsQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { Field, TextArea, TextInput } from '../ui/field.tsx';
import { FieldGrid, Fieldset } from '../ui/fieldset.tsx';
import { Form } from '../ui/form.tsx';
import { Select } from '../ui/select.tsx';
import { BudgetFields } from './budget-fields.tsx';
import { DateTimeField } from './date-time-field.tsx';
import { type FormErrors, toFormErrors } from './form-errors.ts';
import type { KeyDraft } from './key-draft.ts';
import { LimitFields } from './limit-fields.tsx';
import { MetadataFields } from './metadata-fields.tsx';
import { policyFieldNames } from './policy-fields.ts';

export interface KeyFormProps {
  readonly id: string;
  readonly draft: KeyDraft;
  readonly projects: readonly Project[];
  /** What the server said of the last attempt. */
  readonly error: unknown;
  readonly onChange: (draft: KeyDraft) => void;
  readonly onSubmit: () => void;
}

const fields = [...policyFieldNames, 'project', 'scopes', 'models', 'expires_at'];

export function KeyForm({ id, draft, projects, error, onChange, onSubmit }: KeyFormProps) {
  const errors = toFormErrors(error, fields);
  const change = (part: Partial<KeyDraft>) => onChange({ ...draft, ...part });
  const parts = { draft, errors, change };
  return (
    <Form id={id} error={errors.other} onSubmit={onSubmit}>
      <FieldGrid>
        <Field label="Name" error={errors.at('name')}>
          {(attributes) => (
            <TextInput
              {...attributes}
              value={draft.name}
              placeholder="Such as my-app"
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label="Project" error={errors.at('project')}>
          {({ id: selectId }) => (
            <Select
              id={selectId}
              value={draft.project}
              options={projects.map((project) => ({ value: project.id, label: project.name }))}
              onChange={(project) => change({ project })}
            />
          )}
        </Field>
      </FieldGrid>
      <ScopeFields {...parts} />
      <ModelsField {...parts} />
      <DateTimeField
        label="Expires"
        none="Never"
        value={draft.expiresAt}
        error={errors.at('expires_at')}
        choices={[7, 30, 90, 365]}
        onChange={(expiresAt) => change({ expiresAt })}
      />
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

interface PartProps {
  readonly draft: KeyDraft;
  readonly errors: FormErrors;
  readonly change: (part: Partial<KeyDraft>) => void;
}

const scopes: readonly (readonly [scope: KeyScope, help: string])[] = [
  ['inference', 'Asks the models.'],
  ['admin', 'Manages this server: models, keys, usage. It does not include inference.'],
  ['metrics', 'Reads the measurements at /metrics.'],
];

function ScopeFields({ draft, errors, change }: PartProps) {
  const toggle = (scope: KeyScope, isChecked: boolean) =>
    change({
      scopes: scopes
        .map(([one]) => one)
        .filter((one) => (one === scope ? isChecked : draft.scopes.includes(one))),
    });
  return (
    <Fieldset title="Scopes" error={errors.at('scopes')}>
      <FieldGrid>
        {scopes.map(([scope, help]) => (
          <Checkbox
            key={scope}
            label={scope}
            help={help}
            isChecked={draft.scopes.includes(scope)}
            onChange={(isChecked) => toggle(scope, isChecked)}
          />
        ))}
      </FieldGrid>
    </Fieldset>
  );
}

/** Models of the server that the form offers. */
const offeredMax = 8;

function ModelsField({ draft, errors, change }: PartProps) {
  const { data: models = [] } = useQuery(modelsQuery);
  const lines = draft.models.split('\n').map((line) => line.trim());
  const offered = models.map(({ id }) => id).filter((id) => !lines.includes(id));
  const add = (id: string) => change({ models: [...lines.filter((line) => line !== ''), id].join('\n') });
  return (
    <div className="models-field">
      <Field
        label="Models"
        help="Names or patterns such as llama3.1:*, one a line. Empty: all models."
        error={errors.at('models')}
      >
        {(attributes) => (
          <TextArea
            {...attributes}
            rows={2}
            className="input-mono"
            placeholder="All models"
            value={draft.models}
            onChange={(event) => change({ models: event.target.value })}
          />
        )}
      </Field>
      {offered.length > 0 && (
        <div className="offers">
          {offered.slice(0, offeredMax).map((id) => (
            <Button key={id} size="s" onClick={() => add(id)} aria-label={`Allow ${id}`}>
              + {id}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
