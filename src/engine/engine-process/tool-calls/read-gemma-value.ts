import { gemmaQuote } from '../../../grammar/gbnf/gemma-value-grammar.ts';
import { assertDepth, type Reading, type TextReader, UnexpectedTextError } from './text-reader.ts';
import { toReadNumber } from './to-read-number.ts';

/** One value in Gemma's notation. */
export function* readGemmaValue(reader: TextReader, depth = 0): Reading<unknown> {
  assertDepth(depth);
  yield* reader.skipSpace();
  const first = yield* reader.peek();
  if (first === '<') return yield* readGemmaString(reader);
  if (first === '[') {
    reader.at++;
    const list: unknown[] = [];
    if (yield* reader.tryRead(']')) return list;
    for (;;) {
      list.push(yield* readGemmaValue(reader, depth + 1));
      if (yield* reader.tryRead(']')) return list;
      yield* reader.read(',');
    }
  }
  if (first === '{') {
    reader.at++;
    const members: [string, unknown][] = [];
    if (yield* reader.tryRead('}')) return {};
    for (;;) {
      const name = yield* readGemmaName(reader);
      members.push([name, yield* readGemmaValue(reader, depth + 1)]);
      if (yield* reader.tryRead('}')) return Object.fromEntries(members);
      yield* reader.read(',');
    }
  }
  const word = yield* reader.readWord();
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'null' || word === 'None') return null;
  if (!/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(word) || !Number.isFinite(Number(word))) {
    throw new UnexpectedTextError(`Not a value: ${word}`);
  }
  return toReadNumber(word);
}

function* readGemmaString(reader: TextReader): Reading<string> {
  yield* reader.read(gemmaQuote);
  let text = '';
  yield* reader.readUntil(gemmaQuote, (piece) => {
    text += piece;
  });
  return text;
}

/** A name, in Gemma's quotes or without, and the colon after it. */
export function* readGemmaName(reader: TextReader): Reading<string> {
  yield* reader.skipSpace();
  if ((yield* reader.peek()) === '<') {
    const quoted = yield* readGemmaString(reader);
    yield* reader.read(':');
    return quoted;
  }
  let name = '';
  yield* reader.readUntil(':', (piece) => {
    name += piece;
  });
  return name;
}
