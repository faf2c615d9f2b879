import { ApiError, toErrorText } from '../api/api-error.ts';

/** Finds the error of a field of the form, by its name on the wire such as `limits.tokens_per_day`. */
export interface FormErrors {
  at(field: string): string | undefined;
  /** What belongs to no field of the form. */
  readonly other: string | undefined;
}

/** @param fields of the form */
export function toFormErrors(error: unknown, fields: readonly string[]): FormErrors {
  if (error === null || error === undefined) return { at: () => undefined, other: undefined };
  const text = toErrorText(error);
  const param = error instanceof ApiError ? error.param : undefined;
  const field = fields
    .filter((name) => param === name || param?.startsWith(`${name}.`) || param?.startsWith(`${name}[`))
    .sort((a, b) => b.length - a.length)[0];
  return {
    at: (name) => (name === field ? text : undefined),
    other: field === undefined ? text : undefined,
  };
}
