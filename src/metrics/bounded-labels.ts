/** What a label says in place of a value that is not known or beyond the limit; the name comes from the conventions. */
export const otherValue = '_OTHER';

/** The first `valuesMax` values are kept; all others are one. Whoever chooses the values can't make the metrics grow. */
export function createBoundedLabel(valuesMax: number): (value: string | undefined) => string {
  const known = new Set<string>();
  return (value) => {
    if (value === undefined) return otherValue;
    if (known.has(value)) return value;
    if (known.size >= valuesMax) return otherValue;
    known.add(value);
    return value;
  };
}

/** Makes what belongs to a key once. */
export function rememberByKey<Kept, Arguments extends readonly unknown[]>(
  create: (...given: Arguments) => Kept,
): (key: string, ...given: Arguments) => Kept {
  const kept = new Map<string, Kept>();
  return (key, ...given) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = create(...given);
    kept.set(key, made);
    return made;
  };
}
