import { CornerDownRight, Wrench } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import type { ToolCall } from './conversation.ts';
import { sendResults } from './open-conversation.ts';
import { readJsonText } from './read-json-text.ts';

export function CallView({ call }: { readonly call: ToolCall }) {
  const read = readJsonText(call.arguments);
  return (
    <section className="tool-call" aria-label={`Call of ${call.name}`}>
      <h2>
        <Wrench aria-hidden="true" />
        {call.name}
      </h2>
      <pre>{read.isValid ? JSON.stringify(read.value, null, 2) : call.arguments}</pre>
    </section>
  );
}

export function ResultsView({ results }: { readonly results: readonly { callId: string; text: string }[] }) {
  return results.map(({ callId, text }) => (
    <section key={callId} className="tool-call" aria-label="Result of a call">
      <h2>
        <CornerDownRight aria-hidden="true" />
        Result
      </h2>
      <pre>{text}</pre>
    </section>
  ));
}

/** The person answers in place of the tools. */
export function ResultsForm({
  calls,
  laneIndex,
}: {
  readonly calls: readonly ToolCall[];
  readonly laneIndex: number;
}) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const send = () =>
    sendResults(
      laneIndex,
      calls.map(({ id }) => ({ callId: id, text: texts[id] ?? '' })),
    );
  return (
    <form
      className="results-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {calls.map(({ id, name }) => (
        <Field key={id} label={`Result of ${name}`} help="What the tool would return: JSON, or a text.">
          {(parts) => (
            <TextArea
              {...parts}
              rows={3}
              value={texts[id] ?? ''}
              onChange={(event) => setTexts({ ...texts, [id]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <div className="question-buttons">
        <Button look="primary" type="submit">
          Send the {calls.length === 1 ? 'result' : 'results'}
        </Button>
      </div>
    </form>
  );
}
