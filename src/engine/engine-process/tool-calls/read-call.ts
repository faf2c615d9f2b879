import type { CallPart, CallSyntax, IdPart } from './call-syntax.ts';
import { readArguments } from './read-arguments.ts';
import { isSpace, type Reading, type TextReader, UnexpectedTextError } from './text-reader.ts';
import type { KnownTool } from './tool-call-format.ts';

const nameCharactersMax = 256;

export interface CallReader {
  readonly syntax: CallSyntax;
  readonly reader: TextReader;
  readonly tools: Pick<ReadonlyMap<string, KnownTool>, 'get'>;
  /** The arguments start. Nothing about a call is reported earlier. */
  begin(name: string, id: string | undefined): void;
  take(text: string): void;
  /** The arguments are complete. */
  finish(): void;
  /** All that was read so far belongs to complete calls. */
  keep(): void;
}

/** Reads all calls of a section, from its opening text or from its first call on. */
export function* readCalls(calls: CallReader): Reading<void> {
  const { reader, syntax } = calls;
  if (syntax.beginsWithName === true) yield* reader.tryRead(syntax.separator);
  yield* reader.tryRead(syntax.open);
  for (;;) {
    yield* readCall(calls);
    calls.keep();
    // Where calls stand for themselves, the next one is found like the first.
    if (syntax.open === '' || (yield* reader.tryRead(syntax.close))) return;
    const start = reader.at;
    yield* reader.tryRead(syntax.separator);
    if (!(yield* isCallNext(calls))) {
      reader.at = start;
      return;
    }
  }
}

function* isCallNext({ syntax, reader }: CallReader): Reading<boolean> {
  const start = reader.at;
  const first = syntax.call[0];
  if (first?.kind !== 'text') {
    yield* reader.skipSpace();
    const isName = /\w/.test(yield* reader.peek());
    reader.at = start;
    return isName;
  }
  const isNext = (yield* tryTexts(reader, first.texts)) !== undefined;
  reader.at = start;
  return isNext;
}

function* readCall({ syntax, reader, tools, begin, take, finish }: CallReader): Reading<void> {
  let tool: KnownTool | undefined;
  let id: string | undefined;
  let isComplete = false;
  for (const [index, part] of syntax.call.entries()) {
    switch (part.kind) {
      case 'text':
        if ((yield* tryTexts(reader, part.texts)) === undefined) {
          // A call without its closing text is still a call.
          if (isComplete) return;
          throw new UnexpectedTextError(`Not ${part.texts[0]}`);
        }
        break;
      case 'name':
        tool = tools.get(yield* readName(reader, syntax.call.slice(index + 1)));
        if (tool === undefined) throw new UnexpectedTextError('Not the name of a tool.');
        break;
      case 'id':
        id = (yield* readId(reader, part)) ?? id;
        break;
      case 'arguments': {
        const { name, parameters } = tool ?? { name: '', parameters: [] };
        const ownId = id;
        let isBegun = false;
        yield* readArguments(part.form, reader, parameters, (text) => {
          if (!isBegun) begin(name, ownId);
          isBegun = true;
          take(text);
        });
        isComplete = true;
        finish();
      }
    }
  }
}

/** Which of the texts is next; it is read. */
function* tryTexts(reader: TextReader, texts: readonly string[]): Reading<number | undefined> {
  for (const [index, text] of texts.entries()) {
    if (yield* reader.tryRead(text)) return index;
  }
  return undefined;
}

function* readName(reader: TextReader, after: readonly CallPart[]): Reading<string> {
  const ends = findNameEnds(after);
  yield* reader.skipSpace();
  let name = '';
  for (;;) {
    const character = yield* reader.next();
    if (ends.has(character) || isSpace(character)) {
      reader.at--;
      return name;
    }
    name += character;
    if (name.length > nameCharactersMax) throw new UnexpectedTextError('A name without an end.');
  }
}

/** The text right after a name, if it is not white space. */
function findNameEnds(after: readonly CallPart[]): ReadonlySet<string> {
  const ends = new Set<string>();
  for (const part of after) {
    const texts = listTexts(part);
    for (const text of texts) ends.add(text[0] ?? '');
    if (part.kind === 'text' && texts.every((text) => text.trim() !== '')) break;
  }
  return ends;
}

function listTexts(part: CallPart): readonly string[] {
  switch (part.kind) {
    case 'text':
      return part.texts;
    case 'id':
      return [part.before];
    case 'arguments':
      return part.form.kind === 'tagged' ? [part.form.beforeName] : [];
    case 'name':
      return [];
  }
}

/** Undefined if there is none, or if it is meaningless outside of this answer. */
function* readId(reader: TextReader, { before, after, isKept }: IdPart): Reading<string | undefined> {
  if (!(yield* reader.tryRead(before))) return undefined;
  let id = '';
  for (;;) {
    const character = yield* reader.peek();
    if (!/[a-zA-Z0-9_-]/.test(character) || id.length > nameCharactersMax) break;
    id += character;
    reader.at++;
  }
  yield* reader.tryRead(after);
  return isKept && id !== '' ? id : undefined;
}
