import { assertDepth, type Reading, type TextReader, UnexpectedTextError } from './text-reader.ts';
import { toReadNumber } from './to-read-number.ts';

const words: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '\n': '' };
const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** One literal of Python, or one of JSON: strings in either quotes, numbers, True, lists, tuples and dictionaries. */
export function* readPythonValue(reader: TextReader, depth = 0): Reading<unknown> {
  assertDepth(depth);
  yield* reader.skipSpace();
  const first = yield* reader.peek();
  if (first === '"' || first === "'") return yield* readString(reader);
  if (first === '[' || first === '(') return yield* readList(reader, depth, first === '[' ? ']' : ')');
  if (first === '{') return yield* readDictionary(reader, depth);
  const word = yield* reader.readWord();
  if (Object.hasOwn(words, word)) return words[word];
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(word) && Number.isFinite(Number(word))) {
    return toReadNumber(word);
  }
  throw new UnexpectedTextError(`Not a value: ${word}`);
}

function* readList(reader: TextReader, depth: number, close: string): Reading<unknown[]> {
  reader.at++;
  const list: unknown[] = [];
  for (;;) {
    if (yield* reader.tryRead(close)) return list;
    list.push(yield* readPythonValue(reader, depth + 1));
    if (yield* reader.tryRead(close)) return list;
    yield* reader.read(',');
  }
}

function* readDictionary(reader: TextReader, depth: number): Reading<Record<string, unknown>> {
  reader.at++;
  const members: [string, unknown][] = [];
  for (;;) {
    if (yield* reader.tryRead('}')) return Object.fromEntries(members);
    const name = yield* readPythonValue(reader, depth + 1);
    yield* reader.read(':');
    members.push([String(name), yield* readPythonValue(reader, depth + 1)]);
    if (yield* reader.tryRead('}')) return Object.fromEntries(members);
    yield* reader.read(',');
  }
}

function* readString(reader: TextReader): Reading<string> {
  const quote = yield* reader.next();
  let text = '';
  for (;;) {
    const character = yield* reader.next();
    if (character === quote) return text;
    if (character !== '\\') {
      text += character;
      continue;
    }
    const kind = yield* reader.next();
    const length = escapeLengths[kind];
    if (length === undefined) {
      text += escapes[kind] ?? kind;
      continue;
    }
    let digits = '';
    for (let count = 0; count < length; count++) digits += yield* reader.next();
    const codePoint = Number.parseInt(digits, 16);
    if (!/^[0-9a-fA-F]+$/.test(digits) || codePoint > 0x10ffff)
      throw new UnexpectedTextError('A wrong escape.');
    text += String.fromCodePoint(codePoint);
  }
}
