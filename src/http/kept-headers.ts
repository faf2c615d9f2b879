/** Headers that describe the answer and not its transport. They are stored with it. */
export const keptHeaders = [
  ...['content-type', 'x-ignored-params', 'x-warning', 'x-stored'],
  ...['x-structured-attempts', 'x-structured-unenforced'],
] as const;

/** Says that the answer is one that was given before. */
export const replayedHeader = 'idempotent-replayed';

/** Says whether the answer would be given again. */
export const keptHeader = 'x-idempotency-kept';

export function pickKept(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const present = keptHeaders.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, String(headers[name])]));
}
