import './pull-form.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useStore } from '../api/use-store.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { PullProgress } from './pull-progress.tsx';
import { pulls, startPull } from './pulls.ts';

export interface PullFormProps {
  /** The name that stands in the field at first. */
  readonly suggestion?: string;
}

/** Pulls models, and shows how far they are. They go on while another page of the console is open. */
export function PullForm({ suggestion = '' }: PullFormProps) {
  const [name, setName] = useState(suggestion);
  const queries = useQueryClient();
  const running = useStore(pulls);
  const isRunning = running.some((pull) => pull.model === name.trim() && pull.problem === undefined);
  return (
    <div className="pull">
      <form
        className="pull-form"
        onSubmit={(event) => {
          event.preventDefault();
          void startPull(name.trim(), () => void queries.invalidateQueries({ queryKey: ['models'] }));
        }}
      >
        <Field
          label="Model"
          help="A name such as llama3.2:1b-instruct-q4_K_M, hf:OWNER/REPOSITORY:QUANTIZATION or ollama:NAME:TAG."
        >
          {(parts) => (
            <TextInput
              {...parts}
              value={name}
              maxLength={256}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button look="primary" type="submit" disabled={name.trim() === '' || isRunning}>
          Pull
        </Button>
      </form>
      {running.map((pull) =>
        pull.problem === undefined ? (
          <PullProgress key={pull.model} pull={pull} />
        ) : (
          <Notice key={pull.model} kind="error">
            {pull.model}: {pull.problem}
          </Notice>
        ),
      )}
    </div>
  );
}
