/** How deep groups may stand inside each other; a regular language can't count further than it is written out. */
const groupDepthMax = 2;

/**
 * Regular expressions that every dialect reads alike: characters, escapes, classes, groups, alternatives, anchors
 * and quantifiers.
 */
export function toRegexPattern(): string {
  const escaped = '\\\\[dDwWsS.^$*+?()\\[\\]{}|/\\\\]';
  const literal = '[^\\\\^$.*+?()\\[\\]{}|/\\u0000-\\u001f]';
  const member = '(?:a-z|A-Z|0-9|[^\\\\\\[\\]^\\u0000-\\u001f-]|\\\\[dDwWsS.^$*+?()\\[\\]{}|/\\\\-])';
  const atom = `${literal}|\\.|${escaped}|\\[\\^?${member}+\\]`;
  const quantifier = '(?:(?:[*+?]|\\{\\d{1,3},?\\})\\??)?';
  const anchor = '[\\^$]|\\\\[bB]';
  let alternatives = toAlternatives(`${anchor}|(?:${atom})${quantifier}`);
  for (let depth = 0; depth < groupDepthMax; depth++) {
    const group = `\\((?:\\?:)?${alternatives}\\)`;
    alternatives = toAlternatives(`${anchor}|(?:${atom}|${group})${quantifier}`);
  }
  return alternatives;
}

function toAlternatives(term: string): string {
  return `(?:${term})*(?:\\|(?:${term})*)*`;
}
