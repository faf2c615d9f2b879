// JSON.parse changes two things of a text: it rounds numbers, and it sorts names of digits. Where a text may have one
// of them, those are marked before JSON.parse reads it, and given their own form afterwards. So the syntax of JSON is
// JSON.parse's alone, and a text without them costs no more than a look at its characters.
import { ExactNumber, numberDigitsMax, toJsonNumber } from './exact-number.ts';
import { createObject } from './ordered-object.ts';

/** A name of digits, or a number that is long or has a large exponent: perhaps, as it may also stand within a text. */
const suspect = /"(?:\d|\\u003\d){1,10}"\s*:|[\d.]{16}|\d[eE][-+]?\d{2}/;

/** Begins what was marked. In JSON it has one spelling, the escape. */
const mark = '\u0000';
const markEscape = '\\u0000';

/** False: JSON.parse gives this text exactly. */
export function mayBeChanged(text: string): boolean {
  return suspect.test(text);
}

/**
 * Parses as JSON.parse does, but numbers keep their value (as `ExactNumber` where JavaScript's would change it) and
 * objects the order of their names. Of a name that comes twice the last value counts, at the first one's place.
 *
 * @throws {SyntaxError} what JSON.parse throws. @throws {NumberTooLongError} @throws {RangeError} nested too deep.
 */
export function parseJson(text: string): unknown {
  if (!mayBeChanged(text)) return JSON.parse(text);
  const marked = markTokens(text);
  if (marked === text) return JSON.parse(text);
  try {
    return unmark(JSON.parse(marked));
  } catch (error) {
    // The places that it names are those of the text as it was given.
    if (error instanceof SyntaxError) JSON.parse(text);
    throw error;
  }
}

/** A loop and no regular expression: it looks at each token of ten megabytes, and makes texts of few of them. */
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

/** Characters of the shortest number that a double may not hold: 1e23. */
const suspectLength = 4;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A digit, or one of `.`, `e`, `E`, `+` and `-`. */
function isNumberCharacter(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === minus;
}

/** Behind the quote that closes the text; the end of all where none does. */
function findTextEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end + 1;
  }
  return text.length;
}

/** A name of digits, or a text that would look as if it were marked. */
function markText(text: string, start: number, end: number): string | undefined {
  if (text.startsWith(markEscape, start + 1)) return `"${markEscape}t${text.slice(start + 1, end)}`;
  if (end - start > nameCharactersMax) return undefined;
  const found = text.slice(start, end);
  const isName =
    /^"(?:\d|\\u003\d)+"$/.test(found) && /^\s*:/.test(text.slice(end, end + spaceCharactersMax));
  return isName ? `"${markEscape}t${found.slice(1)}` : undefined;
}

/** Characters of the longest name that JavaScript sorts: ten digits, each written as an escape. */
const nameCharactersMax = 62;

/** Characters of white space before a colon, after which a name of digits is one like any other. */
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
