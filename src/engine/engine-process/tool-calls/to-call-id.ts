import { createHash } from 'node:crypto';
import type { CallSyntax } from './call-syntax.ts';

/** A call's id in the form that a template wants; the same for the call and for its result. */
export function toCallId(
  form: CallSyntax['idForm'],
  { id, name }: { readonly id: string; readonly name: string },
  index: number,
): string {
  switch (form) {
    case undefined:
      return id;
    case 'name-and-index':
      return `functions.${name}:${index}`;
    case 'nine-alphanumerics':
      if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
      return createHash('sha256').update(id).digest('hex').slice(0, 9);
  }
}
