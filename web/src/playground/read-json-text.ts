import { toErrorText } from '../api/api-error.ts';

export type JsonReading =
  | { readonly isValid: true; readonly value: unknown }
  | { readonly isValid: false; readonly problem: string };

export function readJsonText(text: string): JsonReading {
  try {
    return { isValid: true, value: JSON.parse(text) };
  } catch (error) {
    return { isValid: false, problem: toErrorText(error) };
  }
}

/** Null is an object for JavaScript only. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
