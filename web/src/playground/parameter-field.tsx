import { useState } from 'react';
import { Field, type FieldParts, TextInput } from '../ui/field.tsx';
import { MarkedText } from '../ui/marked-text.tsx';
import { Select } from '../ui/select.tsx';
import { readJsonText } from './read-json-text.ts';
import { checkParameter, type SamplingParameter } from './sampling-parameters.ts';

export interface ParameterFieldProps {
  readonly parameter: SamplingParameter;
  /** Of the model, if it has one. */
  readonly modelDefault: unknown;
  /** Undefined: not sent. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

export function ParameterField(props: ParameterFieldProps) {
  const { parameter, modelDefault, value } = props;
  const [problem, setProblem] = useState<string>();
  const standard = modelDefault ?? parameter.default;
  const error = problem ?? checkParameter(parameter, value);
  return (
    <Field
      label={<span className="parameter-name">{parameter.name}</span>}
      help={<MarkedText text={parameter.description} />}
      error={error}
    >
      {(parts) => <Control {...props} parts={parts} standard={standard} onProblem={setProblem} />}
    </Field>
  );
}

interface ControlProps extends ParameterFieldProps {
  readonly parts: FieldParts;
  readonly standard: unknown;
  readonly onProblem: (problem: string | undefined) => void;
}

function Control(props: ControlProps) {
  const { parameter, parts, standard, value, onChange } = props;
  switch (parameter.kind) {
    case 'number':
    case 'integer':
      return <NumberControl {...props} />;
    case 'boolean':
    case 'choice': {
      const choices = parameter.kind === 'boolean' ? ['true', 'false'] : parameter.choices;
      const unset = `default${standard === undefined ? '' : `: ${String(standard)}`}`;
      return (
        <Select
          id={parts.id}
          value={value === undefined ? '' : String(value)}
          options={[
            { value: '', label: unset },
            ...choices.map((choice) => ({ value: choice, label: choice })),
          ]}
          onChange={(choice) =>
            onChange(choice === '' ? undefined : parameter.kind === 'boolean' ? choice === 'true' : choice)
          }
        />
      );
    }
    case 'json':
      return <JsonControl {...props} />;
  }
}

/** A range that is wider than this is no use as a slider. */
const sliderRangeMax = 10;
const sliderSteps = 100;

function NumberControl({ parameter, parts, standard, value, onChange }: ControlProps) {
  const { min, max, kind, name } = parameter;
  const shown = typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
  const hasSlider =
    min !== undefined && max !== undefined && max - min <= sliderRangeMax && kind === 'number';
  return (
    <div className="parameter-row">
      {hasSlider && (
        <input
          type="range"
          aria-label={`${name}, as a slider`}
          min={min}
          max={max}
          step={(max - min) / sliderSteps}
          value={typeof value === 'number' ? value : Number(standard ?? min)}
          onChange={(event) => onChange(Number(event.target.value))}
        />
      )}
      <TextInput
        {...parts}
        type="number"
        inputMode="decimal"
        step="any"
        placeholder={standard === undefined ? 'not set' : String(standard)}
        value={shown}
        onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
      />
    </div>
  );
}

/** A text without quotes is taken as it stands, so that a stop sequence needs no JSON. */
function JsonControl({ parts, value, onChange, onProblem }: ControlProps) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value)));
  const change = (next: string) => {
    setText(next);
    if (next.trim() === '') {
      onProblem(undefined);
      onChange(undefined);
      return;
    }
    const read = readJsonText(next);
    const looksLikeJson = /^\s*[[{"]/.test(next);
    onProblem(!read.isValid && looksLikeJson ? read.problem : undefined);
    if (read.isValid) onChange(read.value);
    else if (!looksLikeJson) onChange(next);
  };
  return (
    <TextInput
      {...parts}
      className="settings-code"
      placeholder="not set"
      value={text}
      onChange={(event) => change(event.target.value)}
    />
  );
}
