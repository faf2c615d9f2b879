import { writeJson } from '../../../json/write-json.ts';
import type { ArgumentsForm, TaggedForm } from './call-syntax.ts';
import { readGemmaName, readGemmaValue } from './read-gemma-value.ts';
import { parseJson, readJson } from './read-json.ts';
import { readPythonValue } from './read-python-value.ts';
import { type Reading, TextReader, UnexpectedTextError } from './text-reader.ts';
import type { KnownTool } from './tool-call-format.ts';

/** Characters of a parameter's name. */
const nameCharactersMax = 1_000;

/** Reads the arguments of a call and gives them to `take` as JSON text, as they come. */
export function* readArguments(
  form: ArgumentsForm,
  reader: TextReader,
  parameters: KnownTool['parameters'],
  take: (text: string) => void,
): Reading<void> {
  switch (form.kind) {
    case 'json': {
      yield* reader.skipSpace();
      if ((yield* reader.peek()) !== '{') throw new UnexpectedTextError('Not an object.');
      return yield* readJson(reader, take);
    }
    case 'tagged':
      return yield* readTagged(form, reader, parameters, take);
    case 'python':
      return yield* readMembers(reader, take, ')', function* () {
        const name = yield* readName(reader, '=');
        return [name, yield* readPythonValue(reader)];
      });
    case 'gemma':
      return yield* readMembers(reader, take, '}', function* () {
        const name = yield* readGemmaName(reader);
        return [name, yield* readGemmaValue(reader)];
      });
  }
}

/** Members with commas between them up to `close`, which is left for who reads on. */
function* readMembers(
  reader: TextReader,
  take: (text: string) => void,
  close: string,
  readMember: () => Reading<[string, unknown]>,
): Reading<void> {
  const members = openMembers(take);
  yield* reader.skipSpace();
  while ((yield* reader.peek()) !== close) {
    const [name, value] = yield* readMember();
    members.begin(name);
    take(writeJson(value));
    yield* reader.skipSpace();
    if ((yield* reader.peek()) !== close) yield* reader.read(',');
    yield* reader.skipSpace();
  }
  members.end();
}

function* readTagged(
  form: TaggedForm,
  reader: TextReader,
  parameters: KnownTool['parameters'],
  take: (text: string) => void,
): Reading<void> {
  const members = openMembers(take);
  const afterName = form.beforeText.trimEnd();
  const space = form.beforeText.slice(afterName.length);
  const afterValue = form.afterValue.trim();
  const kinds = new Map(parameters.map(({ name, kind }) => [name, kind]));
  while (yield* reader.tryRead(form.beforeName)) {
    const name = yield* readName(reader, afterName[0] ?? '');
    reader.at--;
    const isText = yield* reader.tryRead(afterName);
    if (!isText) yield* reader.read(form.beforeValue?.trimEnd() ?? afterName);
    yield* reader.tryReadExactly(space);
    members.begin(name);
    const kind = form.beforeValue === undefined ? (kinds.get(name) ?? 'mixed') : isText ? 'text' : 'value';
    if (kind === 'text') {
      yield* readText(reader, form.afterValue, afterValue, take);
    } else {
      let raw = '';
      yield* reader.readUntil(afterValue, (piece) => {
        raw += piece;
      });
      const end = form.afterValue.slice(0, form.afterValue.indexOf(afterValue));
      take(toJsonText(raw.endsWith(end) ? raw.slice(0, raw.length - end.length) : raw));
    }
  }
  members.end();
}

/** A raw string as JSON, as it comes; the white space that belongs to its closing tag is not part of it. */
function* readText(
  reader: TextReader,
  afterValue: string,
  closing: string,
  take: (text: string) => void,
): Reading<void> {
  const end = afterValue.slice(0, afterValue.indexOf(closing));
  let held = '';
  take('"');
  yield* reader.readUntil(closing, (piece) => {
    const known = held + piece;
    // The last characters may be those before the closing tag.
    const free = end === '' ? known.length : known.length - end.length;
    let at = Math.max(0, free);
    // Both halves of a character are written together.
    const isHalf = (known.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    if (at > 0 && isHalf) at--;
    take(JSON.stringify(known.slice(0, at)).slice(1, -1));
    held = known.slice(at);
  });
  const last = held.endsWith(end) ? held.slice(0, held.length - end.length) : held;
  take(`${JSON.stringify(last).slice(1, -1)}"`);
}

/** A value that is not known to be a string: JSON or Python where it is one, else the text. */
function toJsonText(raw: string): string {
  const json = parseJson(raw);
  if (json !== undefined) return raw.trim();
  const reader = new TextReader();
  reader.push(raw.trim());
  reader.end();
  try {
    const step = readPythonValue(reader).next();
    if (step.done === true && reader.rest === '') return writeJson(step.value);
  } catch (error) {
    if (!(error instanceof UnexpectedTextError)) throw error;
  }
  return JSON.stringify(raw);
}

function* readName(reader: TextReader, end: string): Reading<string> {
  let name = '';
  for (;;) {
    const character = yield* reader.next();
    if (character === end) return name.trim();
    name += character;
    if (name.length > nameCharactersMax) throw new UnexpectedTextError('A name without an end.');
  }
}

/** Writes the members of one object. A name that comes twice is refused: JSON would keep only one of them. */
function openMembers(take: (text: string) => void) {
  const names = new Set<string>();
  return {
    begin: (name: string) => {
      if (names.has(name)) throw new UnexpectedTextError(`${name} comes twice.`);
      take(`${names.size === 0 ? '{' : ', '}${JSON.stringify(name)}: `);
      names.add(name);
    },
    end: () => take(names.size === 0 ? '{}' : '}'),
  };
}
