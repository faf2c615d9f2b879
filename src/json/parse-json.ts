// JSON.parse rounds numbers and sorts numeric names. If a text may contain such numbers or names, they are
// marked before JSON.parse reads it and converted afterwards. So JSON.parse alone defines the syntax, and
// other texts only cost a scan of their characters.
import { ExactNumber, numberDigitsMax, toJsonNumber } from './exact-number.ts';
import { createObject } from './ordered-object.ts';

/** Matches possible numeric names and long numbers. Some matches are inside strings. */
const suspect = /"(?:\d|\\u003\d){1,10}"\s*:|[\d.]{16}|\d[eE][-+]?\d{2}/;

/** The prefix of marked values. In JSON it has one spelling, an escape. */
const mark = '\u0000';
const markEscape = '\\u0000';

/** False if JSON.parse reads this text exactly. */
export function mayBeChanged(text: string): boolean {
  return suspect.test(text);
}

/**
 * Parses like JSON.parse, but numbers keep their value (as `ExactNumber` if JavaScript would change it), and
 * objects keep the order of their names. For a repeated name, the last value replaces the first one in its
 * place.
 *
 * @throws {SyntaxError} as JSON.parse does. @throws {NumberTooLongError} @throws {RangeError} nested too
 * deeply.
 */
export function parseJson(text: string): unknown {
  if (!mayBeChanged(text)) return JSON.parse(text);
  const marked = markTokens(text);
  if (marked === text) return JSON.parse(text);
  try {
    return unmark(JSON.parse(marked));
  } catch (error) {
    // Positions in the error refer to the original text.
    if (error instanceof SyntaxError) JSON.parse(text);
    throw error;
  }
}

/**
 * A loop instead of a regular expression, because it visits each token of up to ten megabytes and creates few
 * strings.
 */
function markTokens(text: string): string {
  const pieces: string[] = [];
  let done = 0;
  const put = (from: number, to: number, marked: string | undefined) => {
    if (marked === undefined) return;
    pieces.push(text.slice(done, from), marked);
    done = to;
  };
  for (let at = 0; at < text.length; ) {
    const start = at;
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = findTextEnd(text, at);
      const next = text.charCodeAt(start + 1);
      if (next === backslash || isDigit(next)) put(start, at, markText(text, start, at));
    } else if (isDigit(code) || code === minus) {
      do at += 1;
      while (isNumberCharacter(text.charCodeAt(at)));
      put(start, at, at - start < suspectLength ? undefined : markNumber(text.slice(start, at)));
    } else at += 1;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(done);
}

const [quote, backslash, minus] = [0x22, 0x5c, 0x2d];

/** Length of the shortest number that a double can't hold: 1e23. */
const suspectLength = 4;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A digit, or one of `.`, `e`, `E`, `+` and `-`. */
function isNumberCharacter(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === minus;
}

/** The position after the closing quote, or the end of the text if there is none. */
function findTextEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end + 1;
  }
  return text.length;
}

/** A numeric name, or a string that looks like a marked value. */
function markText(text: string, start: number, end: number): string | undefined {
  if (text.startsWith(markEscape, start + 1)) return `"${markEscape}t${text.slice(start + 1, end)}`;
  if (end - start > nameCharactersMax) return undefined;
  const found = text.slice(start, end);
  const isName =
    /^"(?:\d|\\u003\d)+"$/.test(found) && /^\s*:/.test(text.slice(end, end + spaceCharactersMax));
  return isName ? `"${markEscape}t${found.slice(1)}` : undefined;
}

/** Length of the longest name that JavaScript sorts: ten digits, each written as an escape. */
const nameCharactersMax = 62;

/** Maximum white space before a colon. After more of it, a numeric name is treated like any other. */
const spaceCharactersMax = 1_000;

function markNumber(found: string): string | undefined {
  const isShort = found.length < 16 && !/[eE]/.test(found);
  if (isShort || !isNumber(found)) return undefined;
  const isLong = found.length > 17 && found.length < numberDigitsMax && /^-?\d+$/.test(found);
  return isLong || toJsonNumber(found) instanceof ExactNumber ? `"${markEscape}n${found}"` : undefined;
}

function isNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text);
}

function unmark(value: unknown): unknown {
  if (typeof value === 'string') {
    if (!value.startsWith(mark)) return value;
    return value[1] === 'n' ? new ExactNumber(value.slice(2)) : value.slice(2);
  }
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name.startsWith(mark) ? name.slice(2) : name, unmark(member)] as const,
  );
  return createObject(members);
}
