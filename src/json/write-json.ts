import { ExactNumber, ExactNumberMetError } from './exact-number.ts';
import { mapExactNumbers } from './map-exact-numbers.ts';

/** JSON.stringify for values from `parseJson`. Exact numbers are written as in the original text. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof ExactNumberMetError)) throw error;
    return write(value);
  }
}

function write(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
}

/** The same with line breaks, indented by four spaces per level. */
export function writeIndentedJson(value: unknown): string {
  const quoted = mapExactNumbers(value, ({ text }) => `\u0000${text}\u0000`);
  return JSON.stringify(quoted, undefined, 4).replace(/"\\u0000(-?[\d.eE+-]+)\\u0000"/g, '$1');
}
