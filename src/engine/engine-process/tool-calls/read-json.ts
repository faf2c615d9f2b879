import { parseJson as parseExactJson } from '../../../json/parse-json.ts';
import { assertDepth, type Reading, type TextReader, UnexpectedTextError } from './text-reader.ts';

/** Reads one JSON value and gives its text to `take` as it comes, without white space between its parts. */
export function* readJson(reader: TextReader, take: (text: string) => void, depth = 0): Reading<void> {
  assertDepth(depth);
  yield* reader.skipSpace();
  const first = yield* reader.peek();
  if (first === '{' || first === '[') return yield* readNested(reader, take, depth, first);
  if (first === '"') return yield* readString(reader, take);
  const word = yield* reader.readWord();
  if (!/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(word)) {
    throw new UnexpectedTextError(`Not a JSON value: ${word}`);
  }
  take(word);
}

function* readNested(
  reader: TextReader,
  take: (text: string) => void,
  depth: number,
  open: string,
): Reading<void> {
  const close = open === '{' ? '}' : ']';
  reader.at++;
  take(open);
  yield* reader.skipSpace();
  if ((yield* reader.peek()) === close) {
    reader.at++;
    take(close);
    return;
  }
  for (;;) {
    if (open === '{') {
      yield* reader.skipSpace();
      yield* readString(reader, take);
      yield* readMark(reader, take, ':');
    }
    yield* readJson(reader, take, depth + 1);
    if ((yield* readMark(reader, take, `,${close}`)) === close) return;
  }
}

/** One of `marks` after white space; the space after it is kept, so that the text stays as it was written. */
function* readMark(reader: TextReader, take: (text: string) => void, marks: string): Reading<string> {
  yield* reader.skipSpace();
  const mark = yield* reader.next();
  if (!marks.includes(mark)) throw new UnexpectedTextError(`Not one of ${marks}`);
  take(mark);
  if ((mark === ',' || mark === ':') && (yield* reader.peek()) === ' ') {
    reader.at++;
    take(' ');
  }
  return mark;
}

function* readString(reader: TextReader, take: (text: string) => void): Reading<void> {
  if ((yield* reader.next()) !== '"') throw new UnexpectedTextError('Not a string.');
  take('"');
  for (;;) {
    const plain = reader.takePlainString();
    if (plain !== '') take(plain);
    const character = yield* reader.next();
    if (character < ' ') throw new UnexpectedTextError('A control character in a string.');
    if (character !== '\\') {
      take(character);
      if (character === '"') return;
      continue;
    }
    const kind = yield* reader.next();
    let escaped = `\\${kind}`;
    if (kind === 'u') {
      for (let count = 0; count < 4; count++) escaped += yield* reader.next();
    }
    if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})$/.test(escaped))
      throw new UnexpectedTextError('A wrong escape.');
    take(escaped);
  }
}

/** Parses JSON text. Undefined if it is invalid. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseExactJson(text) };
  } catch {
    return undefined;
  }
}
