import type { RequestPlace } from './request-place.ts';

/**
 * A sentence for people. References to a part of the request are places, which each wire format names
 * differently.
 */
export type PlacedText = string | readonly (string | RequestPlace)[];

/** A tag for templates: placed`Invalid value for '${place}': …`. */
export function placed(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | RequestPlace)[]
): PlacedText {
  return texts.flatMap((text, index) => {
    const value = values[index];
    if (value === undefined) return [text];
    return [text, typeof value === 'number' ? String(value) : value];
  });
}

export function writePlacedText(text: PlacedText, toName: (place: RequestPlace) => string): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : toName(part))).join('');
}

/** In no wire's words, for logs and for endpoints that have no name for the place. */
export function describePlace({ kind }: RequestPlace): string {
  return kind.replaceAll('-', ' ');
}
