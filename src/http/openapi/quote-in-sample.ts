/**
 * Names of models come from files and from operators. In a sample that people paste into a shell or a program, none may
 * end the string that it stands in. An ordinary name looks as it is.
 */

/** As a JSON string inside a shell's single quotes. */
export function toJsonInShell(json: unknown): string {
  return JSON.stringify(json).replaceAll("'", `'\\''`);
}

/** As a literal in double quotes: what JSON escapes, Python reads the same. */
export function toPythonString(text: string): string {
  return JSON.stringify(text);
}

/** A JSON value as a literal of Python, which has other words for three values. */
export function toPythonLiteral(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(toPythonLiteral).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value ?? {}).map(
    ([name, member]) => `${toPythonString(name)}: ${toPythonLiteral(member)}`,
  );
  return `{${members.join(', ')}}`;
}

/** As a literal in single quotes. */
export function toJavaScriptString(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** As part of an address, safe in a shell without quotes; `:` and `/` stay. */
export function toUrlPart(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replace(/['()*!~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
