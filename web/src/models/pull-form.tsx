import './pulls.css';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { useStartPull } from './pull-queries.ts';

export interface PullFormProps {
  /** The name that stands in the field at first. */
  readonly suggestion?: string | undefined;
}

/** Characters of a name, as the server takes them. */
const nameCharactersMax = 256;

/** Pulls a model by its name. */
export function PullForm({ suggestion = '' }: PullFormProps) {
  const [name, setName] = useState(suggestion);
  const start = useStartPull();
  const wanted = name.trim();
  return (
    <form
      className="pull-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== '') start.mutate(wanted, { onSuccess: () => setName('') });
      }}
    >
      <Field
        label="Pull by name"
        help="A name such as llama3.2:1b-instruct-q4_K_M, hf:OWNER/REPOSITORY:QUANTIZATION or ollama:NAME:TAG."
        error={start.isError ? toErrorText(start.error) : undefined}
      >
        {(parts) => (
          <TextInput
            {...parts}
            value={name}
            maxLength={nameCharactersMax}
            onChange={(event) => {
              setName(event.target.value);
              start.reset();
            }}
          />
        )}
      </Field>
      <Button look="primary" type="submit" disabled={wanted === ''} isBusy={start.isPending}>
        Pull
      </Button>
    </form>
  );
}
