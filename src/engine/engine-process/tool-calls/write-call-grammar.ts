import { callsMaxDefault } from '../../../backend/tool.ts';
import { grammarBytesMax } from '../../../grammar/gbnf/grammar-limits.ts';
import { createGrammarWriter, type GrammarWriter } from '../../../grammar/gbnf/grammar-writer.ts';
import { toLiteral } from '../../../grammar/gbnf/literal.ts';
import { addTextTree } from './add-text-tree.ts';
import type { CallPart, CallSyntax } from './call-syntax.ts';
import type { Trigger, WantedCalls } from './tool-call-format.ts';
import { writeArgumentsGrammar } from './write-arguments-grammar.ts';

/**
 * The GBNF of an answer that consists of calls. With a trigger: of the text after it.
 *
 * Up to a name, all calls are the same text, and a name is followed by the arguments of its tool, so
 * llama.cpp mostly has one path. Throws `UnsupportedSchemaError` if the grammar is too large for all tools
 * together.
 */
export function writeCallGrammar(syntax: CallSyntax, calls: WantedCalls, trigger?: Trigger): string {
  const writer = createGrammarWriter({ grammarBytesMax });
  const calling = { syntax, writer, calls };
  const start = findStart(syntax, trigger);
  const first = writeFirst(calling, start, trigger?.tool);
  const max = calls.isParallel ? Math.min(calls.callsMax ?? callsMaxDefault, syntax.callsMax ?? Infinity) : 1;
  const beforeName = writeBeforeName(syntax, 0);
  const more =
    max > 1
      ? ` (${writer.add(`${join([syntax.separator, ...beforeName])} ${addNames(calling, 0)}`)}){0,${max - 1}}`
      : '';
  const close = syntax.close === '' ? '' : ` ${toLiteral(syntax.close)}`;
  return writer.print(`${first}${more}${close}`);
}

interface Calling {
  readonly syntax: CallSyntax;
  readonly writer: GrammarWriter;
  readonly calls: WantedCalls;
}

/** Text, or GBNF of something else. */
type Piece = string | { readonly gbnf: string };

interface Start {
  /** The text before the first name. */
  readonly pieces: readonly Piece[];
  /** Which of the texts of each part are written. */
  readonly variant: number;
}

/** The rest of the text up to the name, after a trigger. */
function findStart(syntax: CallSyntax, trigger: Trigger | undefined): Start {
  if (trigger === undefined) return { pieces: [syntax.open, ...writeBeforeName(syntax, 0)], variant: 0 };
  // A trigger with other white space ends where the name begins.
  return listStarts(syntax, trigger)[0] ?? { pieces: [], variant: 0 };
}

/**
 * Texts that may follow a trigger, each up to the name or to a part that is not text; '' if the name may
 * follow directly.
 */
export function listTextsFromTrigger(syntax: CallSyntax, trigger: Trigger): readonly string[] {
  const texts = listStarts(syntax, trigger).map(({ pieces }) => joinTexts(pieces)[0]);
  return texts.length === 0 ? [''] : texts;
}

/** The possible continuations of a call after a trigger. */
function listStarts(syntax: CallSyntax, trigger: Trigger): readonly Start[] {
  if (trigger.tool !== undefined) return [];
  const { call, open } = syntax;
  const first = call[0];
  const variants = first?.kind === 'text' ? first.texts.length : 1;
  const starts = Array.from({ length: variants }, (_, variant) => ({
    pieces: writeBeforeName(syntax, variant),
    variant,
  }));
  const whole = [open, ...writeBeforeName(syntax, 0)];
  return [{ pieces: whole, variant: 0 }, ...starts].flatMap(({ pieces, variant }) => {
    const [text, rest] = joinTexts(pieces);
    const rested = [text, text.trimStart()].find((one) => one.startsWith(trigger.text));
    return rested === undefined ? [] : [{ pieces: [rested.slice(trigger.text.length), ...rest], variant }];
  });
}

function joinTexts(pieces: readonly Piece[]): [string, Piece[]] {
  const end = pieces.findIndex((piece) => typeof piece !== 'string');
  const texts = end === -1 ? pieces : pieces.slice(0, end);
  return [texts.join(''), end === -1 ? [] : pieces.slice(end)];
}

function writeBeforeName({ call }: CallSyntax, variant: number): Piece[] {
  return writePieces(call.slice(0, findName(call)), variant);
}

function findName(call: readonly CallPart[]): number {
  return call.findIndex(({ kind }) => kind === 'name');
}

/** Of all parts but names and arguments. */
function writePieces(parts: readonly CallPart[], variant: number): Piece[] {
  return parts.flatMap((part): Piece[] => {
    if (part.kind === 'text') return [part.texts[variant] ?? part.texts[0]];
    if (part.kind !== 'id') return [];
    const id = part.form === 'number' ? '[0-9] [0-9]?' : '[a-zA-Z0-9]{9}';
    return [part.before, { gbnf: id }, part.after];
  });
}

function join(pieces: readonly Piece[]): string {
  const joined: string[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') joined.push(toLiteral(text));
    text = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
    } else {
      flush();
      joined.push(piece.gbnf);
    }
  }
  flush();
  return joined.join(' ');
}

function writeFirst(calling: Calling, { pieces, variant }: Start, tool: string | undefined): string {
  const index = calling.calls.tools.findIndex(({ name }) => name === tool);
  if (tool !== undefined) return addRest(calling, index, variant, true);
  return `${join(pieces)} ${addNames(calling, variant)}`;
}

/** A rule for the name of each tool and the text after it. */
function addNames(calling: Calling, variant: number): string {
  const { calls, writer } = calling;
  const names = calls.tools.map(({ name }, index) => ({
    text: name,
    rest: addRest(calling, index, variant, false),
  }));
  return addTextTree(writer, names);
}

/** The text after the name of a tool; `isPast` if the text right after the name is already written. */
function addRest(
  { syntax, writer, calls }: Calling,
  index: number,
  variant: number,
  isPast: boolean,
): string {
  const tool = calls.tools[index];
  if (tool === undefined) throw new Error('A trigger of a tool that is not there.');
  const rest = syntax.call.slice(findName(syntax.call) + 1);
  const at = rest.findIndex(({ kind }) => kind === 'arguments');
  const part = rest[at];
  if (part?.kind !== 'arguments') throw new Error('A call without arguments.');
  // Both variants of a call may be in one grammar, and share its arguments.
  const own = writer.addNamed(`arguments-${index}`, () =>
    writeArgumentsGrammar(part.form, tool, { writer, prefix: `t${index}-` }),
  );
  const before = isPast ? [] : writePieces(rest.slice(0, at), variant);
  return writer.add(join([...before, { gbnf: own }, ...writePieces(rest.slice(at + 1), variant)]));
}
