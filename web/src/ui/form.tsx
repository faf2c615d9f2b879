import './form.css';
import { type ReactNode, type SubmitEvent, useEffect, useRef } from 'react';
import { Notice } from './notice.tsx';

export interface FormProps {
  readonly id: string;
  /** What belongs to no field. */
  readonly error: string | undefined;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** A form whose button is elsewhere. After a refusal the first field with an error has the focus. */
export function Form({ id, error, onSubmit, children }: FormProps) {
  const ref = useRef<HTMLFormElement>(null);
  const hasSubmitted = useRef(false);
  useEffect(() => {
    if (!hasSubmitted.current) return;
    const invalid = ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (invalid === null || invalid === undefined) return;
    hasSubmitted.current = false;
    invalid.focus();
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    hasSubmitted.current = true;
    onSubmit();
  };
  return (
    <form ref={ref} id={id} className="form" noValidate onSubmit={submit}>
      {error !== undefined && <Notice kind="error">{error}</Notice>}
      {children}
    </form>
  );
}
