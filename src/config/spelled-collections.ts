/** `a=b,c=d` from the environment, a list of `a=b` from flags, or a mapping from the file. */
export function toMapping(value: unknown): unknown {
  const texts = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(texts)) {
    return value;
  }
  const pairs = texts.flatMap((text: unknown) => String(text).split(','));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

/** `a,b` from the environment, a list from repeated flags or the file. */
export function toList(value: unknown): unknown {
  const texts = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(texts)) {
    return value;
  }
  return texts.flatMap((text: unknown) => String(text).split(',')).map((text) => text.trim());
}
