import type { GrammarWriter } from './grammar-writer.ts';
import { escapeInClass, toLiteral } from './literal.ts';

/**
 * A rule for every name except these, including the closing quote: a tree of their letters that any other
 * letter leaves. It equals the complement of an automaton at a tenth of the cost, and nearly every object
 * needs it.
 */
export function addOtherNames(writer: GrammarWriter, names: readonly string[]): string {
  const sorted = [...new Set(names)].sort().map((name) => [...name]);
  return addNode(writer, sorted, 0);
}

/** Whether JSON writes every name as it is: no quote, backslash or control, and no half of a surrogate pair. */
export function arePlainNames(names: Iterable<string>): boolean {
  for (const name of names) {
    if (JSON.stringify(name).length !== name.length + 2) return false;
  }
  return true;
}

/** The names share their first `depth` letters. */
function addNode(writer: GrammarWriter, names: readonly (readonly string[])[], depth: number): string {
  const children = groupByLetter(names, depth);
  if (children.size === 0) {
    // All of a name was read: only a longer one is another.
    return writer.add(`${anyLetter(writer)} | ${escapedLetter(writer)}`);
  }
  const isName = names.some((letters) => letters.length === depth);
  const options = [`${otherLetter(children.keys())} ${nameRest(writer)}`, escapedLetter(writer)];
  if (!isName) options.push('"\\""');
  for (const [letter, below] of children) {
    options.push(`${toLiteral(letter)} ${addNode(writer, below, depth + 1)}`);
  }
  return writer.add(options.join(' | '));
}

function groupByLetter(
  names: readonly (readonly string[])[],
  depth: number,
): Map<string, (readonly string[])[]> {
  const groups = new Map<string, (readonly string[])[]>();
  for (const letters of names) {
    const letter = letters[depth];
    if (letter === undefined) continue;
    const group = groups.get(letter);
    if (group === undefined) groups.set(letter, [letters]);
    else group.push(letters);
  }
  return groups;
}

function otherLetter(letters: Iterable<string>): string {
  let own = '';
  for (const letter of letters) {
    own += escapeInClass(letter.codePointAt(0) ?? 0);
  }
  return `[^"\\\\\\x00-\\x1F${own}]`;
}

function anyLetter(writer: GrammarWriter): string {
  return writer.addNamed('name-letter', () => `[^"\\\\\\x00-\\x1F] ${nameRest(writer)}`);
}

const letterEscape = `(["\\\\bfnrt] | "u00" [01] [0-9a-fA-F])`;

/** Each character has one spelling, so that two spellings never mean two names. */
function escapedLetter(writer: GrammarWriter): string {
  return writer.addNamed('name-escape', () => `"\\\\" ${letterEscape} ${nameRest(writer)}`);
}

function nameRest(writer: GrammarWriter): string {
  const { bounds } = writer;
  if (bounds !== undefined) {
    const character = writer.addNamed('name-character', () => `[^"\\\\\\x00-\\x1F] | "\\\\" ${letterEscape}`);
    return writer.addNamed('name-rest', () => `${character}{0,${bounds.nameCharactersMax}} "\\""`);
  }
  return writer.addNamed(
    'name-rest',
    () => `[^"\\\\\\x00-\\x1F] name-rest | ${escapedLetter(writer)} | "\\""`,
  );
}
