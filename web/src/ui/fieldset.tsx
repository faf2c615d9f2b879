import './fieldset.css';
import { type ReactNode, useId } from 'react';

export interface FieldsetProps {
  readonly title: string;
  readonly help?: ReactNode;
  /** About the fields together. */
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

/** Fields of one subject. */
export function Fieldset({ title, help, error, children }: FieldsetProps) {
  const id = useId();
  return (
    <fieldset className="fieldset" aria-describedby={help === undefined ? undefined : id}>
      <legend className="fieldset-title">{title}</legend>
      {help !== undefined && (
        <p id={id} className="fieldset-help">
          {help}
        </p>
      )}
      {children}
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** Short fields beside each other, as many as fit. */
export function FieldGrid({ children }: { readonly children: ReactNode }) {
  return <div className="fieldset-grid">{children}</div>;
}
